;; The functions of every adapter, beside those of codecs (helpers.wat). Each begins with the comment before it and ends at
;; the next blank line.

  ;; Returns the result of a call that failed here, with the path, the offset and the message of the last problem.
  ;; `$payload` is the offset of the error in the result.
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

  ;; Writes the number of the last problem without its sign. Returns the address behind it.
  (func $render-offset (param $to i32) (result i32)
    (local $high i64)
    (local.set $high (global.get $number-high))
    (global.set $number-high (i64.const 0))
    (local.set $to (call $render-number (local.get $to)))
    (global.set $number-high (local.get $high))
    (local.get $to))

  ;; Returns the result of a call for which there is not enough memory.
  (func $refuse-memory (param $payload i32) (param $message i32) (result i32)
    (call $error (local.get $payload)
      (i32.add (local.get $message) (i32.const 2))
      (i32.load16_u (local.get $message))))

  ;; Stores an error of this module in the result.
  (func $error (param $payload i32) (param $text i32) (param $length i32) (result i32)
    (local $to i32)
    (local.set $to (i32.add (global.get $result) (local.get $payload)))
    (i32.store8 (global.get $result) (i32.const 1))
    (i32.store (local.get $to) (i32.const 0))
    (i32.store offset=4 (local.get $to) (local.get $text))
    (i32.store offset=8 (local.get $to) (local.get $length))
    (global.get $result))

  ;; Returns the result of a call that the host refused. `$from` is the address of its error.
  (func $pass-error (param $from i32) (param $payload i32) (result i32)
    (i32.store8 (global.get $result) (i32.const 1))
    (memory.copy
      (i32.add (global.get $result) (local.get $payload)) (local.get $from) (i32.const 12))
    (global.get $result))

  ;; Returns the smaller of two numbers.
  (func $at-most (param $number i32) (param $most i32) (result i32)
    (select (local.get $number) (local.get $most)
      (i32.lt_u (local.get $number) (local.get $most))))
