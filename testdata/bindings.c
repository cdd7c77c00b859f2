/* Names that break bindings in C++, C# and TypeScript, although WIT allows them. */

/* C++: an arm is a struct in its union's struct, and may not have its name. C#: a union already has Tag and Tags. */
union val { int val; long number; };
union with_tag { int tag; int tags; int value; };

/* TypeScript names the arm `number` of `obj` like the type `obj_number`, and the arm `type` like `obj_type`. */
typedef unsigned int obj_type;
struct obj_number { int a; };
union obj { obj_type type; int number; struct obj_number whole; };

/* TypeScript's types for lists are called Array and Uint8Array, among others. */
struct array { int length; };
struct uint8_array { unsigned char data[4]; };
struct lists { struct array arrays[2]; unsigned char bytes[4]; struct uint8_array more; };

/* An arm with the name of the member that holds the union, and one that ends like the label of an anonymous type. */
struct holder {
	union { int inner; long other; } inner;
	union { struct { int a; } y; int y_struct; } place;
	union val val;
	union with_tag with_tag;
	union obj obj;
	struct lists lists;
};
struct holder holder;

/* Keywords of JavaScript. */
int import(int export) { return export; }
int delete(int this) { return this; }
int function(int await) { return await; }
