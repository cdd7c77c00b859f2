/* Floating point: WIT has types for 4 and 8 bytes, and every other size becomes bytes. */

/*
 * long double is 8 bytes on BPF, 12 on i686, 16 on x86-64 and s390x.
 * pahole -J 1.24 writes all floating-point types as integers, and those of 12 bytes as integers of 4.
 */
struct floats {
	float single;
	double twice;
	long double extended;
	float vertex[3];
	long double table[2];
};

typedef float celsius;
typedef long double precise;

struct reading {
	celsius temperature;
	precise exact;
};

struct floats floats;
struct reading reading;
