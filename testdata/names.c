/* From C names to WIT names: underscores, capitals, digits, short words. */

struct underscores {
	int _leading;
	int __two_leading;
	int trailing_;
	int trailing_two__;
	int double__inside;
	int __both__;
	int _;
	int __;
};

struct capitals {
	int camelCase;
	int PascalCase;
	int SHOUTING_CASE;
	int HTTPServer;
	int parseURLFast;
	int Mixed_Snake_Case;
	int ZSTD_CCtx;
	int iPhone;
	int A;
};

/* A word that starts with a digit joins the word before it. If that is missing or ends with a digit, an n is added. */
struct digits {
	int list_2;
	int SM3_256;
	int x86_64;
	int v4l2_pix_fmt;
	int utf8string;
	int h264_1080p_60;
	int _1st;
	int __64;
	int a1_2_3;
	int R16G16B16;
	int sha512_256_sum;
};

/* A letter, also with digits, joins the word after it if camel-casing twice would otherwise change the name. */
struct short_words {
	int d_u;
	int d_u_1;
	int a_b_c;
	int i_size;
	int x_1_y;
	int e_2_big;
	int a1_b;
	int a_1b;
	int is_a_b_test;
	int X_Y;
};

enum enumerators { FIRST_ENUMERATOR, SecondEnumerator, third__enumerator_, MODE_8BIT, D_U, _4K };

union d_u {
	int i_u;
	int x86_64;
	int b_1;
	int L2_3;
};

struct __ { int value; };
struct _leading_type { int value; };
struct __Type_With_Everything2_ { int value; };

struct underscores underscores;
struct capitals capitals;
struct digits digits;
struct short_words short_words;
enum enumerators enumerators;
union d_u d_u;
struct __ only_underscores;
struct _leading_type _leading_type;
struct __Type_With_Everything2_ __Type_With_Everything2_;
