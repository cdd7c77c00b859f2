;; Helper functions of adapters. Those of codecs, in helpers.wat, are used as well. The generator
;; splits this file at blank lines, so each function directly follows its comment and contains no
;; blank line.

  ;; Stores an error for the last problem in the result of the call, with path, offset and message.
  ;; $payload is the offset of the error in the result. Returns the address of the result.
  (func $refuse (param $payload i32) (result i32)
    (local $to i32) (local $number i64)
    (local.set $to (global.get $path-end))
    (i64.store (local.get $to) (i64.const 0x747962207461203a (; ": at byt" ;)))
    (i32.store16 offset=8 (local.get $to) (i32.const 0x2065 (; "e " ;)))
    (local.set $number (global.get $number))
    (global.set $number
      (i64.extend_i32_u (i32.sub (global.get $at) (global.get $base))))
    (local.set $to (call $render-offset (i32.add (local.get $to) (i32.const 10))))
    (global.set $number (local.get $number))
    (i32.store16 (local.get $to) (i32.const 0x203a (; ": " ;)))
    (local.set $to (call $render (i32.add (local.get $to) (i32.const 2))))
    (call $error (local.get $payload) (global.get $path)
      (i32.sub (local.get $to) (global.get $path))))

  ;; Writes the low 64 bits of the problem's number in decimal, without a sign. Returns the address
  ;; after the digits.
  (func $render-offset (param $to i32) (result i32)
    (local $high i64)
    (local.set $high (global.get $number-high))
    (global.set $number-high (i64.const 0))
    (local.set $to (call $render-number (local.get $to)))
    (global.set $number-high (local.get $high))
    (local.get $to))

  ;; Stores an error in the result of the call. The error says that there is not enough memory.
  ;; Returns the address of the result.
  (func $refuse-memory (param $payload i32) (param $message i32) (result i32)
    (call $error (local.get $payload)
      (i32.add (local.get $message) (i32.const 2))
      (i32.load16_u (local.get $message))))

  ;; Stores an error with code 0 and the given text in the result. Returns the address of the
  ;; result.
  (func $error (param $payload i32) (param $text i32) (param $length i32) (result i32)
    (local $to i32)
    (local.set $to (i32.add (global.get $result) (local.get $payload)))
    (i32.store8 (global.get $result) (i32.const 1))
    (i32.store (local.get $to) (i32.const 0))
    (i32.store offset=4 (local.get $to) (local.get $text))
    (i32.store offset=8 (local.get $to) (local.get $length))
    (global.get $result))

  ;; Stores the error of the host, which is at address $from, in the result of the call. Returns the
  ;; address of the result.
  (func $pass-error (param $from i32) (param $payload i32) (result i32)
    (i32.store8 (global.get $result) (i32.const 1))
    (memory.copy
      (i32.add (global.get $result) (local.get $payload)) (local.get $from) (i32.const 12))
    (global.get $result))

  ;; Checks that the host returned a multiple of $of bytes, or no bytes if $of is 0. $length is the
  ;; number of bytes that it returned.
  (func $check-multiple
    (param $bytes i32) (param $length i32) (param $of i32) (param $message i32) (result i32)
    (local $rest i32)
    (local.set $rest (local.get $length))
    (if (local.get $of)
      (then (local.set $rest (i32.rem_u (local.get $length) (local.get $of)))))
    (if (i32.eqz (local.get $rest)) (then (return (i32.const 0))))
    (call $raise-host (local.get $message) (local.get $bytes) (local.get $length)))

  ;; Checks that a record of $size bytes fits into the $left bytes that remain of those that the
  ;; host returned.
  (func $check-record
    (param $bytes i32) (param $left i32) (param $size i32) (param $message i32) (result i32)
    (if (i32.le_u (local.get $size) (local.get $left)) (then (return (i32.const 0))))
    (call $raise-host (local.get $message) (local.get $bytes) (local.get $left)))

  ;; Records a problem with $length, the number of bytes that the host returned.
  (func $raise-host (param $message i32) (param $bytes i32) (param $length i32) (result i32)
    (global.set $base (local.get $bytes))
    (call $raise-number (local.get $message) (local.get $bytes)
      (i64.extend_i32_u (local.get $length)) (i64.const 0)))
