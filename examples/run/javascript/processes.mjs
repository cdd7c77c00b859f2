// Prints the same as c/processes.c.

import { getArguments } from "wasi:cli/environment@0.2.0";
import { poll } from "bpf:bootstrap/events";
import { load } from "bpf:bootstrap/object";
import * as programs from "bpf:bootstrap/programs";

const HEADER = "     COMM             PID     PPID    FILENAME/EXIT CODE";

function line(event) {
  const [kind, what] = event.exitEvent
    ? ["EXIT", `[${event.exitCode}] (${event.durationNs / 1_000_000n}ms)`]
    : ["EXEC", event.filename];
  const pids = [event.pid, event.ppid].map((pid) => `${pid}`.padEnd(7));
  return [kind, event.comm.padEnd(16), ...pids, what].join(" ");
}

function drive(once) {
  load();
  if (once) {
    programs.run("once", { data: new Uint8Array(), context: new Uint8Array(), repeat: 0 });
  } else {
    programs.attach("handle-exec");
    programs.attach("handle-exit");
  }
  console.log(HEADER);
  let found;
  do {
    found = poll();
    found.map(line).forEach((text) => console.log(text));
  } while (found.length > 0 && !once);
}

export const run = {
  run() {
    try {
      drive(getArguments().includes("--once"));
    } catch (error) {
      console.error(error.payload?.message ?? error);
      throw error;
    }
  },
};
