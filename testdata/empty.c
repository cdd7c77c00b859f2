/* Types of no size: WIT has no empty record, so they and fields of them are left out. Arms of them have no payload. */

struct lock_class_key { };
union empty_union { };
typedef struct lock_class_key key_typedef;
typedef struct { } anonymous_empty;

struct only_empty {
	struct lock_class_key key;
	union empty_union nothing;
};

struct with_empty_members {
	unsigned int before;
	struct lock_class_key key;
	union empty_union nothing;
	key_typedef through_typedef;
	anonymous_empty anonymous;
	struct only_empty nested;
	struct { } in_place;
	struct lock_class_key keys[4];
	unsigned int after;
};

union with_empty_arm {
	unsigned int number;
	struct lock_class_key nothing;
};

union only_empty_arms {
	struct lock_class_key first;
	struct only_empty second;
};

struct points_to_empty {
	struct lock_class_key *key;
};

struct with_empty_members with_empty_members;
union with_empty_arm with_empty_arm;
union only_empty_arms only_empty_arms;
struct points_to_empty points_to_empty;
