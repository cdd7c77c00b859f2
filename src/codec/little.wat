;; Bitfields in little-endian memory: bit 0 of a byte is the least significant one.

  ;; Returns the number in $width bits (at most 64), which begin at bit $first of the byte at $at.
  (func $bits (param $at i32) (param $first i32) (param $width i32) (result i64)
    (local $number i64) (local $bit i32)
    (local.set $bit (i32.sub (i32.const 0) (local.get $first)))
    (loop $bytes
      (local.set $number
        (i64.or (local.get $number)
          (if (result i64) (i32.lt_s (local.get $bit) (i32.const 0))
            (then
              (i64.shr_u (i64.load8_u (local.get $at)) (i64.extend_i32_u (local.get $first))))
            (else
              (i64.shl (i64.load8_u (local.get $at)) (i64.extend_i32_u (local.get $bit)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $bytes
        (i32.lt_s
          (local.tee $bit (i32.add (local.get $bit) (i32.const 8)))
          (local.get $width))))
    (i64.and (local.get $number)
      (i64.shr_u (i64.const -1) (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $width))))))

  ;; Writes a number into $width bits (at most 64), which begin at bit $first of the byte at $at.
  (func $put-bits (param $at i32) (param $first i32) (param $width i32) (param $number i64)
    (local $low i32) (local $count i32) (local $mask i32)
    (local.set $low (local.get $first))
    (loop $bytes
      (local.set $count (i32.sub (i32.const 8) (local.get $low)))
      (if (i32.gt_u (local.get $count) (local.get $width))
        (then (local.set $count (local.get $width))))
      (local.set $mask
        (i32.shl
          (i32.sub (i32.shl (i32.const 1) (local.get $count)) (i32.const 1))
          (local.get $low)))
      (i32.store8 (local.get $at)
        (i32.or
          (i32.and (i32.load8_u (local.get $at)) (i32.xor (local.get $mask) (i32.const -1)))
          (i32.and
            (i32.shl (i32.wrap_i64 (local.get $number)) (local.get $low))
            (local.get $mask))))
      (local.set $number (i64.shr_u (local.get $number) (i64.extend_i32_u (local.get $count))))
      (local.set $low (i32.const 0))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $bytes (local.tee $width (i32.sub (local.get $width) (local.get $count))))))
