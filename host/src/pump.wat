;; Hands the records of maps to a guest that exports one function for each map. pump.rs adds the
;; imports, $poll, $handle and $maps before this text, and the end of the module.

(memory (export "memory") 1)

;; The address of the first free byte. The first 64 bytes of the memory hold the results of `pump`
;; and of the functions that it calls.
(global $free (mut i32) (i32.const 64))

;; The allocator of the canonical ABI. It never frees memory. Instead, $poll_map resets $free before each poll.
(func $cabi_realloc (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
  (result i32)
  (local $at i32)
  (local $pages i32)
  (local.set $at
    (i32.and
      (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
  (global.set $free (i32.add (local.get $at) (local.get $size)))
  ;; If the sum wraps, the end is before the start.
  (if (i32.lt_u (global.get $free) (local.get $at)) (then (unreachable)))
  (local.set $pages
    (i32.sub
      (i32.add (i32.shr_u (i32.sub (global.get $free) (i32.const 1)) (i32.const 16)) (i32.const 1))
      (memory.size)))
  (if (i32.gt_s (local.get $pages) (i32.const 0))
    (then (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then (unreachable)))))
  (if (local.get $old_size)
    (then (memory.copy (local.get $at) (local.get $old) (local.get $old_size))))
  (local.get $at))

;; Polls the map with the number $map and hands its records to the guest. Returns 1 if `poll`
;; returned an error, otherwise 0. The result of `poll` is at address 16.
(func $poll_map (param $map i32) (result i32)
  (global.set $free (i32.const 64))
  (call $poll (local.get $map) (i32.const 16))
  (if (i32.load8_u (i32.const 16)) (then (return (i32.const 1))))
  (if (i32.load (i32.const 24))
    (then (call $handle (local.get $map) (i32.load (i32.const 20)) (i32.load (i32.const 24)))))
  (i32.const 0))

;; Polls each map once, until a poll fails. Returns the address of a `result<_, string>`: no value, or
;; the message of the error. The error that `poll` returns has its message as the second member, at
;; address 24.
(func $pump (export "pump") (result i32)
  (local $map i32)
  (i32.store8 (i32.const 0) (i32.const 0))
  (loop $next
    (if (call $poll_map (local.get $map))
      (then
        (i32.store8 (i32.const 0) (i32.const 1))
        (i64.store (i32.const 4) (i64.load (i32.const 24)))
        (return (i32.const 0))))
    (local.set $map (i32.add (local.get $map) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $map) (global.get $maps))))
  (i32.const 0))
