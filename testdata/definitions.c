/* One C name with several definitions, as in every kernel: three structs, a union and an enum are called `slot`. */

struct slot {
	int number;
};
struct slot file_scope;

/* The static variable keeps a type in BTF that only its function uses. */
int bigger(int index)
{
	struct slot {
		long long number;
		int more;
	};
	static struct slot slots[4];

	slots[index & 3].more++;
	return slots[index & 3].more;
}

/* The same members, in another order. */
int reordered(int index)
{
	struct slot {
		int more;
		long long number;
	};
	static struct slot slots[4];

	slots[index & 3].more++;
	return slots[index & 3].more;
}

/* The same tag, but another kind of type. */
int other_kind(int index)
{
	union slot {
		int number;
		float ratio;
	};
	static union slot slots[4];

	slots[index & 3].number++;
	return slots[index & 3].number;
}

int an_enum(int index)
{
	enum slot { SLOT_FREE, SLOT_USED };
	static enum slot slots[4];

	slots[index & 3] = SLOT_USED;
	return slots[(index + 1) & 3];
}
