//! Values for the types of tagged_unions.c. Numbers in the bytes select the arms of most of their unions.

use serde_json::Value as Json;

use crate::expect::Expect;
use crate::sample::{Assignment, Round, Sample};

/// The name of the struct, the choices, the members with their values, the active arms, and the expected result as
/// JSON.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    &'static [usize],
    &'static str,
);

const ROWS: &[Row] = &[
    (
        "connection",
        &["connection.local=any.family:2=in4,10=in6"],
        &[
            (".time", "7"),
            (".local.in4.family", "2"),
            (".local.in4.port", "80"),
            (".local.in4.address", "0x01020304"),
        ],
        &[1],
        r#"{"time":7,"local":{"in4":{"family":2,"port":80,"address":16909060}}}"#,
    ),
    (
        "connection",
        &["union address=in4.family:2=in4,10=in6"],
        &[
            (".time", "7"),
            (".local.in6.family", "10"),
            (".local.in6.address[15]", "1"),
            (".local.in6.scope", "9"),
        ],
        &[2],
        r#"{"time":7,"local":{"in6":{"family":10,"port":0,"flow":0,"address":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1],"scope":9}}}"#,
    ),
    (
        "packet",
        &["packet.body=headers[1].type:3=big,*=num"],
        &[
            (".headers[0].type", "1"),
            (".headers[1].type", "3"),
            (".body.big", "77"),
        ],
        &[2],
        r#"{"headers":[{"type":1,"length":0},{"type":3,"length":0}],"body":{"big":77}}"#,
    ),
    (
        "outer",
        &["outer.in.body=kind:1=mac,0=num"],
        &[(".kind", "1"), (".in.body.mac[5]", "6")],
        &[1],
        r#"{"kind":1,"in":{"body":{"mac":[0,0,0,0,0,6]}}}"#,
    ),
    (
        "several",
        &["several.items.body=kind:0x102=num,0x201=mac"],
        &[
            (".kind", "0x102"),
            (".items[0].body.num", "5"),
            (".items[1].body.num", "6"),
        ],
        &[0, 0],
        r#"{"kind":258,"items":[{"body":{"num":5}},{"body":{"num":6}}]}"#,
    ),
    (
        "batch",
        &["batch.items.in.body=kind:0=num,2=big"],
        &[
            (".count", "2"),
            (".items[0].in.body.num", "5"),
            (".items[1].kind", "2"),
            (".items[1].in.body.big", "6"),
        ],
        &[0, 2],
        r#"{"count":2,"items":[{"kind":0,"in":{"body":{"num":5}}},{"kind":2,"in":{"body":{"big":6}}}]}"#,
    ),
    (
        "in_bits",
        &["in_bits.body=kind:10=mac,*=num"],
        &[(".kind", "10"), (".rest", "1234567"), (".body.mac[0]", "1")],
        &[1],
        r#"{"kind":10,"rest":1234567,"body":{"mac":[1,0,0,0,0,0]}}"#,
    ),
    (
        "by_enum",
        &["by_enum.body=which:WHICH_NUM=num,WHICH_BIG=big"],
        &[
            (".body.num", "4"),
            (".which", "WHICH_NUM"),
            (".narrow", "WHICH_BIG"),
        ],
        &[0],
        r#"{"body":{"num":4},"which":"which-num","narrow":"which-big"}"#,
    ),
    (
        "by_enum",
        &["by_enum.body=narrow:WHICH_NUM=num,WHICH_BIG=big"],
        &[
            (".body.num", "4"),
            (".which", "WHICH_BIG"),
            (".narrow", "WHICH_NUM"),
        ],
        &[0],
        r#"{"body":{"num":4},"which":"which-big","narrow":"which-num"}"#,
    ),
    (
        "by_bool",
        &["by_bool.body=big:true=big,false=num"],
        &[(".big", "1"), (".body.big", "9")],
        &[2],
        r#"{"big":true,"body":{"big":9}}"#,
    ),
    (
        "by_sign",
        &["by_sign.body=kind:-3=mac,3=num"],
        &[(".kind", "-3"), (".body.mac[1]", "2")],
        &[1],
        r#"{"kind":-3,"body":{"mac":[0,2,0,0,0,0]}}"#,
    ),
    (
        "unnamed",
        &[
            "unnamed.low=low",
            "unnamed.body=kind:2=num,1=mac",
            "unnamed.id=id",
        ],
        &[
            (".low", "1"),
            (".kind", "2"),
            (".id", "3"),
            (".body.num", "4"),
        ],
        &[0, 0, 0],
        r#"{"low":{"low":{"low":1,"kind":2}},"id":{"id":{"id":3,"body":{"num":4}}}}"#,
    ),
];

/// Returns the values. Members that a row does not set are zero. If the values are in an initialised variable, the
/// compiler fills the rest with zeros. If a C program writes the values, it first clears the whole variable.
pub fn samples() -> anyhow::Result<Vec<Sample>> {
    ROWS.iter().map(sample).collect()
}

fn sample((name, choices, assignments, arms, expected): &Row) -> anyhow::Result<Sample> {
    let assignment = |(path, value): &(&str, &str)| Assignment {
        path: (*path).to_owned(),
        byte: None,
        value: (*value).to_owned(),
    };
    let round = Round {
        assignments: assignments.iter().map(assignment).collect(),
        arms: arms.iter().map(|arm| (*arm, false)).collect(),
        expected: Some(Expect::Is(serde_json::from_str::<Json>(expected)?)),
        cleared: true,
        ..Round::default()
    };
    Ok(Sample {
        c: format!("struct {name}"),
        label: format!("%{}", name.replace('_', "-")),
        rounds: vec![round],
        choices,
    })
}
