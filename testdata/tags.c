/* Tags and qualifiers: they do not change a type. Doc comments show qualifiers and the type tags that BTF has. */

#if __has_attribute(btf_type_tag)
#define __user __attribute__((btf_type_tag("user")))
#define __rcu __attribute__((btf_type_tag("rcu")))
#else
#define __user
#define __rcu
#endif

#if __has_attribute(btf_decl_tag)
#define __tag(text) __attribute__((btf_decl_tag(text)))
#else
#define __tag(text)
#endif

struct task {
	int pid;
} __tag("tagged struct");

struct tagged {
	char __user *from_user;
	struct task __rcu *guarded;
	struct task __rcu __user *twice;
	int counter __tag("tagged member") __tag("second tag");
	struct task task;
};

typedef int tagged_typedef __tag("tagged typedef");

struct qualified {
	const int constant;
	volatile int moving;
	const volatile int both;
	const tagged_typedef constant_typedef;
	const struct task constant_struct;
	volatile struct task moving_structs[2];
};

__tag("tagged function")
int tagged_function(struct task *task __tag("tagged parameter"))
{
	return task->pid;
}

struct tagged tagged;
struct qualified qualified;
int tagged_variable __tag("tagged variable");
