// Computes the greatest common divisor of four numbers. Calls another component for the divisor of two numbers.

#include "gcd_c.h"

uint32_t exports_gcd_c_gcd4(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	return example_gcd_two_gcd2(example_gcd_two_gcd2(a, b), example_gcd_two_gcd2(c, d));
}
