;; Helper functions of codecs and adapters, in WebAssembly's text format. A module contains
;; `$realloc` and those that its functions call. The generator splits this file at blank lines, so
;; each function directly follows its comment and contains no blank line.
;;
;; Memory has constants, then areas of fixed size, such as the one for results, then the heap. The
;; heap only grows during a call: the caller's arguments come first, then the results. The next call
;; reuses the heap, since the caller has read the results by then. The component model also allows
;; functions that free results, but they would be a fifth of a small codec.
;;
;; `$reserve` grows the memory before anything is allocated, so no allocation fails. A function that
;; finds a problem records it with `$raise` and returns 1. If a function that can fail finds no
;; problem, it returns 0.

  ;; Allocates memory for the caller's arguments and, in an adapter, for the host's results. Copies
  ;; the $old-size bytes at $old, as far as they fit. Traps if memory cannot hold $size bytes, since
  ;; the component model has no error for that.
  (func $realloc (export "cabi_realloc")
    (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $new i32)
    (call $forget)
    (if (call $reserve (i64.add (i64.extend_i32_u (local.get $size)) (i64.const 8)))
      (then (unreachable)))
    (local.set $new (call $alloc (local.get $size)))
    (memory.copy (local.get $new) (local.get $old)
      (select (local.get $old-size) (local.get $size)
        (i32.lt_u (local.get $old-size) (local.get $size))))
    (local.get $new))

  ;; Begins a call. If its arguments are on the heap already, `$realloc` has called `$forget` before
  ;; it allocated them, and `$forget` does nothing here.
  (func $begin
    (call $forget)
    (global.set $called (i32.const 1)))

  ;; Frees the arguments and results of the last call. Does nothing if $called is 0: then they are
  ;; freed already, or an adapter is calling its host and needs the heap.
  (func $forget
    (if (global.get $called) (then (global.set $heap (global.get $heap-start))))
    (global.set $called (i32.const 0)))

  ;; Grows the memory so that $bytes more bytes of heap and an error fit. Returns 1 if that fails,
  ;; otherwise 0.
  (func $reserve (param $bytes i64) (result i32)
    (local $pages i64)
    (local.set $pages
      (i64.sub
        (i64.shr_u
          (i64.add
            (i64.add (local.get $bytes) (i64.extend_i32_u (global.get $heap)))
            (i64.extend_i32_u (i32.add (global.get $error-room) (i32.const 65535))))
          (i64.const 16))
        (i64.extend_i32_u (memory.size))))
    (if (i64.le_s (local.get $pages) (i64.const 0))
      (then (return (i32.const 0))))
    (if (i64.gt_s (local.get $pages) (i64.const 65535))
      (then (return (i32.const 1))))
    (i32.eq (memory.grow (i32.wrap_i64 (local.get $pages))) (i32.const -1)))

  ;; Allocates $size bytes. Addresses are multiples of 8.
  (func $alloc (param $size i32) (result i32)
    (local $new i32)
    (local.set $new (global.get $heap))
    (global.set $heap
      (i32.and
        (i32.add (i32.add (local.get $new) (local.get $size)) (i32.const 7))
        (i32.const -8)))
    (local.get $new))

  ;; Records a problem at address $at, with an empty path. $message is the address of its message.
  ;; Always returns 1.
  (func $raise (param $message i32) (param $at i32) (result i32)
    (global.set $message (local.get $message))
    (global.set $at (local.get $at))
    (global.set $path (i32.add (global.get $heap) (global.get $path-room)))
    (global.set $path-end (global.get $path))
    (i32.const 1))

  ;; Records a problem whose message contains a number of 128 bits. $number is its low half, $high
  ;; its high half.
  (func $raise-number
    (param $message i32) (param $at i32) (param $number i64) (param $high i64) (result i32)
    (global.set $number (local.get $number))
    (global.set $number-high (local.get $high))
    (call $raise (local.get $message) (local.get $at)))

  ;; Puts the name of a member before the path.
  (func $in (param $name i32)
    (local $length i32)
    (call $in-dot)
    (local.set $length (i32.load16_u (local.get $name)))
    (global.set $path (i32.sub (global.get $path) (local.get $length)))
    (memory.copy (global.get $path) (i32.add (local.get $name) (i32.const 2)) (local.get $length)))

  ;; Puts a dot before the path, unless the path is empty or begins with an index.
  (func $in-dot
    (if (i32.ge_u (global.get $path) (global.get $path-end)) (then (return)))
    (if (i32.eq (i32.load8_u (global.get $path)) (i32.const 91 (; "[" ;))) (then (return)))
    (call $in-byte (i32.const 46 (; "." ;))))

  ;; Puts a byte before the path.
  (func $in-byte (param $byte i32)
    (global.set $path (i32.sub (global.get $path) (i32.const 1)))
    (i32.store8 (global.get $path) (local.get $byte)))

  ;; Puts the index of an element before the path.
  (func $in-element (param $index i32)
    (call $in-dot)
    (call $in-byte (i32.const 93 (; "]" ;)))
    (loop $digits
      (call $in-byte (i32.add (i32.const 48) (i32.rem_u (local.get $index) (i32.const 10))))
      (br_if $digits (local.tee $index (i32.div_u (local.get $index) (i32.const 10)))))
    (call $in-byte (i32.const 91 (; "[" ;))))

  ;; Checks that a record has at least $least and at most $most bytes, and stores where it begins
  ;; and ends. $few and $many are the addresses of the messages.
  (func $check-length
    (param $bytes i32) (param $length i32) (param $least i32) (param $most i32)
    (param $few i32) (param $many i32) (result i32)
    (global.set $base (local.get $bytes))
    (global.set $end (i32.add (local.get $bytes) (local.get $length)))
    (if (i32.lt_u (local.get $length) (local.get $least))
      (then
        (return
          (call $raise-number (local.get $few) (local.get $bytes)
            (i64.extend_i32_u (local.get $length)) (i64.const 0)))))
    (if (i32.gt_u (local.get $length) (local.get $most))
      (then
        (return
          (call $raise-number
            (local.get $many) (i32.add (local.get $bytes) (local.get $most))
            (i64.extend_i32_u (local.get $length)) (i64.const 0)))))
    (i32.const 0))

  ;; Checks that the record has at least $bytes bytes from address $at on.
  (func $need (param $at i32) (param $bytes i32) (param $message i32) (result i32)
    (local $left i32)
    (local.set $left (call $left (local.get $at)))
    (if (i32.gt_u (local.get $bytes) (local.get $left))
      (then
        (return
          (call $raise-number (local.get $message) (local.get $at)
            (i64.extend_i32_u (local.get $left)) (i64.const 0)))))
    (i32.const 0))

  ;; Returns the number of bytes of the record from address $at on, or 0 if the record ends before
  ;; $at.
  (func $left (param $at i32) (result i32)
    (select
      (i32.sub (global.get $end) (local.get $at))
      (i32.const 0)
      (i32.lt_u (local.get $at) (global.get $end))))

  ;; Subtracts $values from the number of values that the record may still have. Fails if there are
  ;; too many. Without a limit, unions whose arms are all read could multiply values until memory is
  ;; full.
  (func $spend (param $values i32) (param $at i32) (param $message i32) (result i32)
    (global.set $budget (i64.sub (global.get $budget) (i64.extend_i32_u (local.get $values))))
    (if (i64.lt_s (global.get $budget) (i64.const 0))
      (then (return (call $raise (local.get $message) (local.get $at)))))
    (i32.const 0))

  ;; Sets the number of values that a record of $bytes bytes may have, to the decoder's limit.
  (func $set-budget (param $bytes i32)
    (local $more i64)
    (local.set $more (i64.mul (i64.extend_i32_u (local.get $bytes)) (i64.const 54)))
    (global.set $budget
      (i64.add
        (i64.add
          (i64.const 1048576)
          (i64.mul (i64.extend_i32_u (local.get $bytes)) (i64.const 10)))
        (select
          (local.get $more)
          (i64.const 4194304)
          (i64.lt_u (local.get $more) (i64.const 4194304))))))

  ;; Stores an error for the last problem in the result of the call. $name is the address of the
  ;; name of the type, with which the path begins. Returns the address of the result.
  (func $fail (param $name i32) (result i32)
    (local $text i32)
    (call $in (local.get $name))
    (local.set $text (global.get $path-end))
    (i32.store8 (global.get $result) (i32.const 1))
    (i32.store offset=8 (global.get $result) (global.get $path))
    (i32.store offset=12 (global.get $result)
      (i32.sub (global.get $path-end) (global.get $path)))
    (i64.store offset=16 (global.get $result)
      (i64.extend_i32_u (i32.sub (global.get $at) (global.get $base))))
    (i32.store offset=24 (global.get $result) (local.get $text))
    (i32.store offset=28 (global.get $result)
      (i32.sub (call $render (local.get $text)) (local.get $text)))
    (global.get $result))

  ;; Stores an error in the result of the call. The error says that there is not enough memory.
  ;; Returns the address of the result.
  (func $fail-memory (param $name i32) (param $message i32) (result i32)
    (i32.store8 (global.get $result) (i32.const 1))
    (i32.store offset=8 (global.get $result) (i32.add (local.get $name) (i32.const 2)))
    (i32.store offset=12 (global.get $result) (i32.load16_u (local.get $name)))
    (i64.store offset=16 (global.get $result) (i64.const 0))
    (i32.store offset=24 (global.get $result) (i32.add (local.get $message) (i32.const 2)))
    (i32.store offset=28 (global.get $result) (i32.load16_u (local.get $message)))
    (global.get $result))

  ;; Writes the problem's number in decimal. The number has at most 64 bits and a sign. Returns the
  ;; address after the digits.
  (func $render-number (param $to i32) (result i32)
    (local $rest i64) (local $from i32) (local $end i32)
    (local.set $rest (global.get $number))
    (if (i64.lt_s (global.get $number-high) (i64.const 0))
      (then
        (i32.store8 (local.get $to) (i32.const 45 (; "-" ;)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $rest (i64.sub (i64.const 0) (local.get $rest)))))
    ;; The digits are written backwards, from 40 bytes further on, and then moved.
    (local.set $from (local.tee $end (i32.add (local.get $to) (i32.const 40))))
    (loop $digits
      (i32.store8 (local.tee $from (i32.sub (local.get $from) (i32.const 1)))
        (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $rest) (i64.const 10)))))
      (local.set $rest (i64.div_u (local.get $rest) (i64.const 10)))
      (br_if $digits (i32.eqz (i64.eqz (local.get $rest)))))
    (local.set $end (i32.sub (local.get $end) (local.get $from)))
    (memory.copy (local.get $to) (local.get $from) (local.get $end))
    (i32.add (local.get $to) (local.get $end)))

  ;; Writes the problem's number in decimal. The number is signed and has 128 bits. Returns the
  ;; address after the digits.
  (func $render-wide (param $to i32) (result i32)
    (local $low i64) (local $high i64) (local $from i32) (local $rest i64) (local $part i64)
    (local.set $low (global.get $number))
    (local.set $high (global.get $number-high))
    (if (i64.lt_s (local.get $high) (i64.const 0))
      (then
        (i32.store8 (local.get $to) (i32.const 45 (; "-" ;)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $high
          (i64.sub
            (i64.sub (i64.const 0) (local.get $high))
            (i64.extend_i32_u (i64.ne (local.get $low) (i64.const 0)))))
        (local.set $low (i64.sub (i64.const 0) (local.get $low)))))
    ;; The digits are written backwards, from 80 bytes further on, and then moved.
    (local.set $from (i32.add (local.get $to) (i32.const 80)))
    (loop $digits
      ;; Divides 128 bits by 10 in three steps. The first step divides the high half. Each further
      ;; step divides the last remainder followed by the next 32 bits.
      (local.set $rest (i64.rem_u (local.get $high) (i64.const 10)))
      (local.set $high (i64.div_u (local.get $high) (i64.const 10)))
      (local.set $part
        (i64.or
          (i64.shl (local.get $rest) (i64.const 32))
          (i64.shr_u (local.get $low) (i64.const 32))))
      (local.set $rest (i64.rem_u (local.get $part) (i64.const 10)))
      (local.set $low
        (i64.or
          (i64.and (local.get $low) (i64.const 0xffffffff))
          (i64.shl (i64.div_u (local.get $part) (i64.const 10)) (i64.const 32))))
      (local.set $part
        (i64.or
          (i64.shl (local.get $rest) (i64.const 32))
          (i64.and (local.get $low) (i64.const 0xffffffff))))
      (local.set $low
        (i64.or
          (i64.and (local.get $low) (i64.const 0xffffffff00000000))
          (i64.div_u (local.get $part) (i64.const 10))))
      (local.set $from (i32.sub (local.get $from) (i32.const 1)))
      (i32.store8 (local.get $from)
        (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $part) (i64.const 10)))))
      (br_if $digits
        (i32.eqz (i64.eqz (i64.or (local.get $low) (local.get $high))))))
    (local.set $part
      (i64.extend_i32_u (i32.sub (i32.add (local.get $to) (i32.const 80)) (local.get $from))))
    (memory.copy (local.get $to) (local.get $from) (i32.wrap_i64 (local.get $part)))
    (i32.add (local.get $to) (i32.wrap_i64 (local.get $part))))

  ;; Writes the problem's number as a number of bytes with its verb: `are none`, `is 1`, `are 4`.
  ;; Returns the address after the text.
  (func $render-count (param $to i32) (result i32)
    (if (i64.eqz (global.get $number))
      (then
        (i64.store (local.get $to) (i64.const 0x656e6f6e20657261 (; "are none" ;)))
        (return (i32.add (local.get $to) (i32.const 8)))))
    (if (i64.eq (global.get $number) (i64.const 1))
      (then
        (i32.store (local.get $to) (i32.const 0x31207369 (; "is 1" ;)))
        (return (i32.add (local.get $to) (i32.const 4)))))
    (i32.store (local.get $to) (i32.const 0x20657261 (; "are " ;)))
    (call $render-number (i32.add (local.get $to) (i32.const 4))))

  ;; Writes the problem's number in hexadecimal. Returns the address after the digits.
  (func $render-hex (param $to i32) (result i32)
    (local $shift i64) (local $digit i32)
    (i32.store16 (local.get $to) (i32.const 0x7830 (; "0x" ;)))
    (local.set $to (i32.add (local.get $to) (i32.const 2)))
    (local.set $shift
      (i64.and
        (i64.sub (i64.const 63) (i64.clz (i64.or (global.get $number) (i64.const 1))))
        (i64.const 60)))
    (loop $digits
      (local.set $digit
        (i32.and
          (i32.wrap_i64 (i64.shr_u (global.get $number) (local.get $shift)))
          (i32.const 15)))
      (i32.store8 (local.get $to)
        (i32.add (local.get $digit)
          (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get $digit) (i32.const 10)))))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (br_if $digits
        (i64.ge_s
          (local.tee $shift (i64.sub (local.get $shift) (i64.const 4)))
          (i64.const 0))))
    (local.get $to))

  ;; Writes the path without array indexes. Returns the address after the path.
  (func $render-path (param $to i32) (result i32)
    (local $from i32) (local $depth i32) (local $byte i32)
    (local.set $from (global.get $path))
    (loop $bytes
      (local.set $byte (i32.load8_u (local.get $from)))
      (local.set $depth
        (i32.add (local.get $depth) (i32.eq (local.get $byte) (i32.const 91 (; "[" ;)))))
      (if (i32.eqz (local.get $depth))
        (then
          (i32.store8 (local.get $to) (local.get $byte))
          (local.set $to (i32.add (local.get $to) (i32.const 1)))))
      (local.set $depth
        (i32.sub (local.get $depth) (i32.eq (local.get $byte) (i32.const 93 (; "]" ;)))))
      (br_if $bytes
        (i32.lt_u
          (local.tee $from (i32.add (local.get $from) (i32.const 1)))
          (global.get $path-end))))
    (local.get $to))

  ;; Swaps the bytes of a number of 2 bytes.
  (func $swap2 (param $number i32) (result i32)
    (i32.or
      (i32.shr_u (i32.and (local.get $number) (i32.const 0xff00)) (i32.const 8))
      (i32.shl (i32.and (local.get $number) (i32.const 0xff)) (i32.const 8))))

  ;; Swaps the bytes of a number of 4 bytes.
  (func $swap4 (param $number i32) (result i32)
    (i32.or
      (i32.and (i32.rotl (local.get $number) (i32.const 8)) (i32.const 0x00ff00ff))
      (i32.and (i32.rotr (local.get $number) (i32.const 8)) (i32.const 0xff00ff00))))

  ;; Swaps the bytes of a number of 8 bytes.
  (func $swap8 (param $number i64) (result i64)
    (i64.or
      (i64.shl
        (i64.extend_i32_u (call $swap4 (i32.wrap_i64 (local.get $number)))) (i64.const 32))
      (i64.extend_i32_u
        (call $swap4 (i32.wrap_i64 (i64.shr_u (local.get $number) (i64.const 32)))))))

  ;; Searches a table of values with the positions of their cases, sorted by value. Returns the
  ;; position for $value, or -1 if the table does not have it.
  (func $find (param $table i32) (param $count i32) (param $value i64) (result i32)
    (local $middle i32) (local $entry i32)
    (loop $halves (result i32)
      (if (i32.eqz (local.get $count)) (then (return (i32.const -1))))
      (local.set $middle (i32.shr_u (local.get $count) (i32.const 1)))
      (local.set $entry
        (i32.add (local.get $table) (i32.mul (local.get $middle) (i32.const 12))))
      (if (i64.eq (i64.load (local.get $entry)) (local.get $value))
        (then (return (i32.load offset=8 (local.get $entry)))))
      (if (i64.lt_u (i64.load (local.get $entry)) (local.get $value))
        (then
          (local.set $table (i32.add (local.get $entry) (i32.const 12)))
          (local.set $count
            (i32.sub (i32.sub (local.get $count) (local.get $middle)) (i32.const 1))))
        (else (local.set $count (local.get $middle))))
      (br $halves)))

  ;; Reads a string from the character array of $room bytes at $from, and stores its address and
  ;; length at $to. As in C, the string ends at the first NUL.
  (func $text (param $from i32) (param $room i32) (param $to i32)
    (local $at i32) (local $end i32)
    (local.set $at (local.get $from))
    (local.set $end (i32.add (local.get $from) (local.get $room)))
    (block $found
      (loop $bytes
        (br_if $found (i32.ge_u (local.get $at) (local.get $end)))
        (br_if $found (i32.eqz (i32.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $bytes)))
    (call $utf8 (local.get $from) (i32.sub (local.get $at) (local.get $from)) (local.get $to)))

  ;; Reads a string from the flexible array at $from, and stores its address and length at $to. The
  ;; array may contain several C strings, each with its NUL, so only the NULs at the end of the array
  ;; are removed.
  (func $texts (param $from i32) (param $to i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (call $left (local.get $from))))
    (block $found
      (loop $bytes
        (br_if $found (i32.le_u (local.get $end) (local.get $from)))
        (br_if $found (i32.load8_u (i32.sub (local.get $end) (i32.const 1))))
        (local.set $end (i32.sub (local.get $end) (i32.const 1)))
        (br $bytes)))
    (call $utf8 (local.get $from) (i32.sub (local.get $end) (local.get $from)) (local.get $to)))

  ;; Stores the address and length of a string at $to. If the $length bytes at $from are UTF-8, the
  ;; address is $from. Otherwise it is that of a copy, in which U+FFFD replaces invalid bytes.
  (func $utf8 (param $from i32) (param $length i32) (param $to i32)
    (local $at i32) (local $end i32) (local $out i32) (local $bytes i32)
    (local.set $at (local.get $from))
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (i32.store (local.get $to) (local.get $from))
    (i32.store offset=4 (local.get $to) (local.get $length))
    (block $invalid
      (loop $characters
        ;; Fast path: eight ASCII bytes at once.
        (if (i32.ge_u (i32.sub (local.get $end) (local.get $at)) (i32.const 8))
          (then
            (if (i64.eqz (i64.and (i64.load (local.get $at)) (i64.const 0x8080808080808080)))
              (then
                (local.set $at (i32.add (local.get $at) (i32.const 8)))
                (br $characters)))))
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return)))
        (local.set $bytes (call $character (local.get $at) (local.get $end)))
        (br_if $invalid (i32.lt_s (local.get $bytes) (i32.const 0)))
        (local.set $at (i32.add (local.get $at) (local.get $bytes)))
        (br $characters)))
    (local.set $out (global.get $heap))
    (i32.store (local.get $to) (local.get $out))
    (local.set $at (local.get $from))
    (loop $characters
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (local.set $bytes (call $character (local.get $at) (local.get $end)))
          (if (i32.gt_s (local.get $bytes) (i32.const 0))
            (then
              (memory.copy (local.get $out) (local.get $at) (local.get $bytes))
              (local.set $out (i32.add (local.get $out) (local.get $bytes))))
            (else
              (i32.store16 (local.get $out) (i32.const 0xbfef))
              (i32.store8 offset=2 (local.get $out) (i32.const 0xbd))
              (local.set $out (i32.add (local.get $out) (i32.const 3)))
              (local.set $bytes (i32.sub (i32.const 0) (local.get $bytes)))))
          (local.set $at (i32.add (local.get $at) (local.get $bytes)))
          (br $characters))))
    (local.set $length (i32.sub (local.get $out) (i32.load (local.get $to))))
    (i32.store offset=4 (local.get $to) (local.get $length))
    (drop (call $alloc (local.get $length))))

  ;; Returns the length of the UTF-8 character at $at. For invalid bytes, returns minus the number
  ;; of bytes that one U+FFFD replaces (Unicode 15, table 3-7).
  (func $character (param $at i32) (param $end i32) (result i32)
    (local $first i32) (local $second i32) (local $low i32) (local $high i32)
    (local.set $first (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $first) (i32.const 0x80)) (then (return (i32.const 1))))
    (if (i32.lt_u (i32.sub (local.get $first) (i32.const 0xc2)) (i32.const 0x33)) (then)
      (else (return (i32.const -1))))
    (local.set $low (i32.const 0x80))
    (local.set $high (i32.const 0xbf))
    (if (i32.eq (local.get $first) (i32.const 0xe0))
      (then (local.set $low (i32.const 0xa0))))
    (if (i32.eq (local.get $first) (i32.const 0xed))
      (then (local.set $high (i32.const 0x9f))))
    (if (i32.eq (local.get $first) (i32.const 0xf0))
      (then (local.set $low (i32.const 0x90))))
    (if (i32.eq (local.get $first) (i32.const 0xf4))
      (then (local.set $high (i32.const 0x8f))))
    (local.set $second (call $byte (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
    (if (i32.or
        (i32.lt_u (local.get $second) (local.get $low))
        (i32.gt_u (local.get $second) (local.get $high)))
      (then (return (i32.const -1))))
    (if (i32.lt_u (local.get $first) (i32.const 0xe0)) (then (return (i32.const 2))))
    (if (call $is-start (i32.add (local.get $at) (i32.const 2)) (local.get $end))
      (then (return (i32.const -2))))
    (if (i32.lt_u (local.get $first) (i32.const 0xf0)) (then (return (i32.const 3))))
    (if (call $is-start (i32.add (local.get $at) (i32.const 3)) (local.get $end))
      (then (return (i32.const -3))))
    (i32.const 4))

  ;; Returns whether a byte is not a continuation byte of UTF-8.
  (func $is-start (param $at i32) (param $end i32) (result i32)
    (i32.ne
      (i32.and (call $byte (local.get $at) (local.get $end)) (i32.const 0xc0))
      (i32.const 0x80)))

  ;; Returns the byte at $at, or 0 if $at is $end or later.
  (func $byte (param $at i32) (param $end i32) (result i32)
    (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
    (i32.load8_u (local.get $at)))

  ;; Checks that a signed number of 128 bits fits into $width signed bits.
  (func $fits-signed
    (param $low i64) (param $high i64) (param $width i32) (param $message i32) (param $at i32)
    (result i32)
    (local $unused i64)
    (local.set $unused (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $width))))
    (if (i32.le_u (local.get $width) (i32.const 64))
      (then
        (if (i32.and
            (i64.eq (local.get $high) (i64.shr_s (local.get $low) (i64.const 63)))
            (i64.eq
              (i64.shr_s (i64.shl (local.get $low) (local.get $unused)) (local.get $unused))
              (local.get $low)))
          (then (return (i32.const 0)))))
      (else
        (local.set $unused (i64.add (local.get $unused) (i64.const 64)))
        (if (i64.eq
            (i64.shr_s (i64.shl (local.get $high) (local.get $unused)) (local.get $unused))
            (local.get $high))
          (then (return (i32.const 0))))))
    (call $raise-number
      (local.get $message) (local.get $at) (local.get $low) (local.get $high)))

  ;; Checks that an unsigned number of 128 bits fits into $width bits.
  (func $fits-unsigned
    (param $low i64) (param $high i64) (param $width i32) (param $message i32) (param $at i32)
    (result i32)
    (local $over i64)
    (local.set $over
      (if (result i64) (i32.lt_u (local.get $width) (i32.const 64))
        (then
          (i64.or (local.get $high)
            (i64.shr_u (local.get $low) (i64.extend_i32_u (local.get $width)))))
        (else
          (if (result i64) (i32.eq (local.get $width) (i32.const 64))
            (then (local.get $high))
            (else
              (i64.shr_u (local.get $high)
                (i64.extend_i32_u (i32.sub (local.get $width) (i32.const 64)))))))))
    (if (i64.eqz (local.get $over)) (then (return (i32.const 0))))
    ;; A message shows a signed number of 128 bits, so its maximum replaces a larger number.
    (if (i64.lt_s (local.get $high) (i64.const 0))
      (then
        (local.set $low (i64.const -1))
        (local.set $high (i64.const 0x7fffffffffffffff))))
    (call $raise-number
      (local.get $message) (local.get $at) (local.get $low) (local.get $high)))

  ;; Checks that a list has at most $room elements, or a string at most $room bytes.
  (func $fits-room
    (param $given i32) (param $room i32) (param $message i32) (param $at i32) (result i32)
    (if (i32.le_u (local.get $given) (local.get $room)) (then (return (i32.const 0))))
    (call $raise-number (local.get $message) (local.get $at)
      (i64.extend_i32_u (local.get $given)) (i64.const 0)))

  ;; Checks that a string has no NUL.
  (func $no-nul
    (param $from i32) (param $length i32) (param $message i32) (param $at i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (loop $bytes
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (if (i32.eqz (i32.load8_u (local.get $from)))
            (then (return (call $raise (local.get $message) (local.get $at)))))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br $bytes))))
    (i32.const 0))

  ;; Writes bits that another member may have written already. Fails if that member wrote another
  ;; value.
  (func $put-shared
    (param $at i32) (param $first i32) (param $width i32) (param $number i64) (param $message i32)
    (result i32)
    (local $mask i32)
    (local.set $mask (i32.add (local.get $at) (global.get $mask)))
    (if (i64.ne
        (i64.and
          (call $bits (local.get $mask) (local.get $first) (local.get $width))
          (i64.xor
            (call $bits (local.get $at) (local.get $first) (local.get $width))
            (i64.shr_u
              (i64.shl (local.get $number)
                (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $width))))
              (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $width))))))
        (i64.const 0))
      (then (return (call $raise (local.get $message) (local.get $at)))))
    (call $put-bits (local.get $at) (local.get $first) (local.get $width) (local.get $number))
    (call $put-bits (local.get $mask) (local.get $first) (local.get $width) (i64.const -1))
    (i32.const 0))

  ;; Writes a string whose bytes another member may have written already.
  (func $put-text-shared
    (param $from i32) (param $length i32) (param $at i32) (param $message i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (loop $bytes
      (if (i32.lt_u (local.get $from) (local.get $end))
        (then
          (if (call $put-shared (local.get $at) (i32.const 0) (i32.const 8)
              (i64.load8_u (local.get $from)) (local.get $message))
            (then (return (i32.const 1))))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $bytes))))
    (i32.const 0))
