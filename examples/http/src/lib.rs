//! Answers posted bytes of events with a line of JSON for each event.

use std::io::{Read as _, Write as _};

use wasip2::exports::http::incoming_handler;
use wasip2::http::types::{
    Fields, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

wit_bindgen::generate!({
    inline: "
        package example:http;

        world guest {
            import bpf:event/codec;
        }
    ",
    path: concat!(env!("OUT_DIR"), "/wit"),
    world: "example:http/guest",
    additional_derives: [serde::Serialize],
    generate_all,
});

/// The maximum size of a request's body in bytes.
const MAX_BODY: u64 = 1 << 20;

/// The HTTP status and the body of a response.
type Answer = (u16, String);

struct Handler;

wasip2::http::proxy::export!(Handler);

impl incoming_handler::Guest for Handler {
    fn handle(request: IncomingRequest, response: ResponseOutparam) {
        let answer = body(&request).map(|bytes| describe(&bytes));
        let (status, text) = answer.unwrap_or_else(|problem| problem);
        respond(response, status, &text);
    }
}

/// Returns the bytes that were posted. An error is the response to a request that does not post, or whose body cannot
/// be read or is too large.
fn body(request: &IncomingRequest) -> Result<Vec<u8>, Answer> {
    if !matches!(request.method(), Method::Post) {
        return Err(problem(405, "post the bytes of events"));
    }
    let failed = || problem(500, "the request has no body");
    let mut bytes = Vec::new();
    let incoming = request.consume().map_err(|()| failed())?;
    let stream = incoming.stream().map_err(|()| failed())?;
    let read = stream.take(MAX_BODY + 1).read_to_end(&mut bytes);
    read.map_err(|error| problem(400, &error.to_string()))?;
    if bytes.len() as u64 > MAX_BODY {
        return Err(problem(413, "the body is larger than 1 MiB"));
    }
    Ok(bytes)
}

fn problem(status: u16, message: &str) -> Answer {
    (status, line(&serde_json::json!({ "message": message })))
}

/// Returns a line for each event, or the error of the codec.
fn describe(bytes: &[u8]) -> Answer {
    match bpf::event::codec::read_events(bytes) {
        Ok(events) => (200, events.iter().map(line).collect()),
        Err(error) => (400, line(&error)),
    }
}

fn line(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}

fn respond(to: ResponseOutparam, status: u16, text: &str) {
    let fields = Fields::new();
    let _ = fields.append("content-type", b"application/x-ndjson");
    let response = OutgoingResponse::new(fields);
    let _ = response.set_status_code(status);
    let body = response.body();
    ResponseOutparam::set(to, Ok(response));
    // If writing fails, the client has gone, and nobody can be told.
    if let Ok(body) = body
        && let Ok(mut stream) = body.write()
        && stream.write_all(text.as_bytes()).is_ok()
    {
        let _ = stream.flush();
        drop(stream);
        let _ = OutgoingBody::finish(body, None);
    }
}
