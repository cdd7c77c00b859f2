//! Checks that mutated BTF is refused or written as valid WIT, in bounded time and without a panic.
//!
//! Every run has the same inputs. If an input fails, it is written to a file, and the message names the file.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support;
use crate::support::encode::{
    BOOL, CHAR, Encoder, Endian, GLOBAL, SIGNED, UNION, UNSIGNED, WHOLE, bitfield, member,
};
use crate::support::mutate::{BaseExtent, Random, mutate, mutate_layout};
#[cfg(feature = "packed")]
use crate::support::pack;
use crate::support::{elf, judge};
use anyhow::{Context, Result, ensure};
use btf2wit::diff::Diff;
use btf2wit::{Arrays, CharArrays, Config, Docs, Enums, Functions, Package, Unions};

/// The maximum time for one input.
const MAX_TIME: Duration = Duration::from_secs(2);

/// One accepted input out of this number is checked with all tools. The others get only the faster checks.
const THOROUGH_EVERY: usize = 10;

type Set = fn(&mut Config) -> &mut Config;

/// Every second accepted input is also written with one of these options.
const OPTIONS: &[Set] = &[
    |c| c.unions(Unions::Record),
    |c| c.unions(Unions::Bytes),
    |c| c.enums(Enums::Integer),
    |c| c.enums(Enums::Enum),
    |c| c.arrays(Arrays::Fixed),
    |c| c.char_arrays(CharArrays::String),
    |c| c.docs(Docs::None),
    |c| c.constants(false),
];

/// The numbers of inputs that were accepted and refused so far, the longest time for one input, and the last package.
#[derive(Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    slowest: Duration,
    /// The last accepted package. It is compared with the next one.
    last: Option<Package>,
}

impl Tally {
    /// Converts an input and checks the result. Panics if that panics, takes too long, or finds a fault, such as
    /// invalid WIT.
    fn take(&mut self, what: &str, btf: Vec<u8>, base: Option<&[u8]>) {
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| self.convert(&btf, base)));
        let took = start.elapsed();
        self.slowest = self.slowest.max(took);
        let fault = match result {
            Err(_) => "it panics".to_owned(),
            Ok(Err(e)) => format!("{e:#}"),
            Ok(Ok(())) if took > MAX_TIME => format!("it takes {took:?}"),
            Ok(Ok(())) => return,
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join(format!("{what}.btf"));
        fs::write(&path, &btf).expect("disk space");
        if let Some(base) = base {
            fs::write(folder.join(format!("{what}.base.btf")), base).expect("disk space");
        }
        panic!("{}: {fault}", path.display());
    }

    fn convert(&mut self, btf: &[u8], base: Option<&[u8]>) -> Result<()> {
        let mut config = Config::new();
        config
            .input_bytes("mutated", btf)
            .package("test:mutated")
            .functions(Functions::All)
            .constants(true);
        if let Some(base) = base {
            config.base_bytes("base", base);
        }
        let Ok(package) = config.load() else {
            self.refused += 1;
            return Ok(());
        };
        self.accepted += 1;
        let mut wit = Vec::new();
        package.write_to(&mut wit).context("write")?;
        package.report().context("report")?;
        for warning in package.warnings() {
            let line = warning.to_string();
            ensure!(!line.contains('\n'), "{line}");
        }
        let wit = String::from_utf8(wit)?;
        if self.accepted % THOROUGH_EVERY == 0 {
            judge::valid(&wit)?;
        } else {
            judge::encodes(&wit)?;
        }
        if let Some(last) = &self.last {
            Diff::of(last, &package).context("compared")?;
        }
        self.last = Some(package);
        if self.accepted % 2 == 0 {
            OPTIONS[self.accepted / 2 % OPTIONS.len()](&mut config);
            let package = config.with_base(true).load().context("with an option")?;
            judge::encodes(&support::text(&package)).context("with an option")?;
        }
        Ok(())
    }

    /// Returns an error unless at least `min` inputs were accepted and at least `min` were refused.
    fn finish(self, min: usize) -> Result<()> {
        let Tally {
            accepted,
            refused,
            slowest,
            ..
        } = self;
        println!("{accepted} accepted, {refused} refused, the slowest took {slowest:?}");
        ensure!(accepted >= min, "only {accepted} are accepted");
        ensure!(refused >= min, "only {refused} are refused");
        Ok(())
    }
}

/// Returns BTF with features that the fixtures have rarely or never: shared anonymous types, rare kinds and rare sizes.
fn handmade(endian: Endian) -> Encoder {
    let mut btf = Encoder::new(endian);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let char = btf.int("char", 1, CHAR, 0, 8);
    let bool = btf.int("_Bool", 1, BOOL, 0, 8);
    let old = btf.int("old_bits", 4, UNSIGNED, 3, 5);
    let wide = btf.int("unsigned __int128", 16, UNSIGNED, 0, 128);
    let double = btf.float("double", 8);
    let named = btf.enum64("wide", 8, true, &[("LEAST", i64::MIN), ("MOST", i64::MAX)]);
    let flags = btf.enum_("bits", 4, false, &[("A", 1), ("B", 2), ("C", 4), ("D", 8)]);
    btf.enum_("", 4, true, &[("CONSTANT", -1), ("OTHER", 7)]);
    let forward = btf.fwd("opaque", UNION);
    let pointer = btf.ptr(forward);
    let tag = btf.type_tag("user", int);
    let user = btf.ptr(tag);
    let inner = btf.enum_("", 4, false, &[("IN", 0), ("OUT", 1)]);
    let mut deep = btf.struct_("", 8, &[member("x", int, 0), member("y", inner, 32)]);
    for size in [16, 32, 64] {
        let members = [
            member("", deep, 0),
            member("l", deep, 0),
            member("r", deep, size * 4),
        ];
        deep = btf.union_("", size, &members);
        deep = btf.struct_("", size, &[member("", deep, 0)]);
    }
    let text = btf.array(char, int, 16);
    let rows = btf.array(text, int, 2);
    let open = btf.array(deep, int, 0);
    let holder = btf.struct_(
        "holder",
        192,
        &[
            bitfield("bits", int, 0, 3),
            bitfield("", int, 3, 5),
            bitfield("flag", bool, 8, 1),
            member("old", old, 32),
            member("wide", wide, 128),
            member("double", double, 256),
            member("named", named, 320),
            member("flags", flags, 384),
            member("pointer", pointer, 448),
            member("user", user, 512),
            member("rows", rows, 576),
            member("deep", deep, 832),
            member("open", open, 1536),
        ],
    );
    btf.decl_tag("marked", holder, WHOLE);
    btf.decl_tag("counted", holder, 2);
    let alias = btf.typedef("holder_t", holder);
    let alias = btf.typedef("holder", alias);
    let constant = btf.const_(alias);
    let volatile = btf.volatile(constant);
    let shared = btf.ptr(volatile);
    let restrict = btf.restrict(shared);
    let prototype = btf.func_proto(alias, &[("a", deep), ("", restrict), ("", 0)]);
    let callback = btf.ptr(prototype);
    btf.struct_(
        "ops",
        16,
        &[member("call", callback, 0), member("n", int, 64)],
    );
    let function = btf.func("call_me", prototype, GLOBAL);
    btf.decl_tag("bpf_kfunc", function, WHOLE);
    let variable = btf.var("state", deep, GLOBAL);
    btf.datasec(".data", 64, &[(variable, 0, 64)]);
    btf
}

/// Returns a module whose base is [`handmade`].
fn module(base: &Encoder) -> Encoder {
    let mut btf = Encoder::split(base);
    let (int, deep) = (1, 19);
    let own = btf.struct_("holder", 4, &[member("own", int, 0)]);
    let both = btf.union_(
        "both",
        64,
        &[member("own", own, 0), member("deep", deep, 0)],
    );
    let more = btf.array(both, int, 3);
    btf.typedef("more_t", more);
    let prototype = btf.func_proto(int, &[("both", both), ("of", deep)]);
    btf.func("module_call", prototype, GLOBAL);
    btf.enum_("", 4, false, &[("CONSTANT", 1), ("MODULE", 2)]);
    btf
}

/// Converts `count` mutations of the inputs, which take turns.
fn run(what: &str, inputs: &[Vec<u8>], count: usize) -> Result<()> {
    let mut tally = Tally::default();
    for i in 0..count {
        let input = &inputs[i % inputs.len()];
        let mut random = Random::new(i as u64);
        let btf = mutate(input, BaseExtent::default(), &mut random);
        tally.take(&format!("{what}-{i}"), btf, None);
    }
    tally.finish(count / 20)
}

#[test]
fn mutated_fixtures() -> Result<()> {
    let fixtures = support::raw_fixtures();
    let inputs: Vec<Vec<u8>> = fixtures.into_iter().map(|(_, btf)| btf).collect();
    run("fixtures", &inputs, 12_000)
}

#[test]
fn mutated_by_hand() -> Result<()> {
    let inputs = [Endian::Little, Endian::Big].map(|endian| handmade(endian).finish());
    run("handmade", &inputs, 8_000)
}

/// Mutates only sizes, offsets, widths, lengths, and the kind flag of structs and unions. Such changes must never make
/// the whole file unreadable.
#[test]
fn mutated_layouts() -> Result<()> {
    let fixtures = support::raw_fixtures().into_iter().map(|(_, btf)| btf);
    let handmade = [Endian::Little, Endian::Big].map(|endian| handmade(endian).finish());
    let inputs: Vec<Vec<u8>> = fixtures.chain(handmade).collect();
    let mut tally = Tally::default();
    let count = 3_000;
    for i in 0..count {
        let mut random = Random::new(i as u64);
        let btf = mutate_layout(&inputs[i % inputs.len()], &mut random);
        let what = format!("misplaced-{i}");
        tally.take(&what, btf.context("it can be taken apart")?, None);
        ensure!(tally.refused == 0, "{what} is refused");
    }
    Ok(())
}

/// Mutates split BTF, or its base, or both.
#[test]
fn mutated_splits() -> Result<()> {
    let mut tally = Tally::default();
    let count = 2_000;
    for i in 0..count {
        let endian = [Endian::Little, Endian::Big][i % 2];
        let base = handmade(endian);
        let mut module = module(&base).finish();
        let mut base = base.finish();
        let mut random = Random::new(i as u64);
        if i % 3 != 0 {
            module = mutate(&module, BaseExtent::of(&base), &mut random);
        }
        if i % 3 != 1 {
            base = mutate(&base, BaseExtent::default(), &mut random);
        }
        tally.take(&format!("split-{i}"), module, Some(&base));
    }
    tally.finish(count / 20)
}

/// Returns a `.BTF.base` whose types [`handmade`] has as well.
fn distilled(endian: Endian) -> Encoder {
    let mut btf = Encoder::new(endian);
    btf.int("int", 4, SIGNED, 0, 32);
    btf.int("char", 1, CHAR, 0, 8);
    btf.fwd("opaque", UNION);
    btf.struct_("holder", 192, &[]);
    btf.enum_("bits", 4, false, &[]);
    btf.enum_("wide", 8, false, &[]);
    btf.float("double", 8);
    btf.struct_("ops", 16, &[]);
    btf
}

/// Returns a module whose base is [`distilled`].
fn relocatable(base: &Encoder) -> Encoder {
    let mut btf = Encoder::split(base);
    let pointer = btf.ptr(3);
    let array = btf.array(4, 1, 2);
    let members = [
        member("holder", array, 0),
        member("opaque", pointer, 3072),
        bitfield("bits", 5, 3136, 3),
        member("wide", 6, 3200),
        member("ops", 8, 3264),
    ];
    let both = btf.struct_("both", 432, &members);
    let prototype = btf.func_proto(7, &[("both", both), ("char", 2)]);
    btf.func("module_call", prototype, GLOBAL);
    btf.enum_("", 4, false, &[("int", 1), ("MODULE", 2)]);
    btf
}

/// Mutates a module, or its own `.BTF.base`, or the base to which it is relocated.
#[test]
fn mutated_relocations() -> Result<()> {
    let mut tally = Tally::default();
    let count = 1_000;
    for i in 0..count {
        let endian = [Endian::Little, Endian::Big][i % 2];
        let brought = distilled(endian);
        let mut module = relocatable(&brought).finish();
        let (mut brought, mut base) = (brought.finish(), handmade(endian).finish());
        let mut random = Random::new(i as u64);
        match i % 3 {
            0 => module = mutate(&module, BaseExtent::of(&brought), &mut random),
            1 => brought = mutate(&brought, BaseExtent::default(), &mut random),
            _ => base = mutate(&base, BaseExtent::default(), &mut random),
        }
        let sections = [(".BTF.base", &brought[..]), (".BTF", &module[..])];
        let file = elf::file(64, endian, 62, &sections);
        tally.take(&format!("relocation-{i}"), file, Some(&base));
    }
    tally.finish(count / 20)
}

/// Mutates packed files, or BTF before it is packed. The zstd files have no checksum, so some mutated ones are unpacked
/// to other BTF.
#[cfg(feature = "packed")]
#[test]
fn mutated_packed() -> Result<()> {
    let mut tally = Tally::default();
    let count = 3_000;
    let btf = handmade(Endian::Little).finish();
    let pack: [pack::Pack; 3] = [pack::gzip, pack::xz, pack::zstd];
    for i in 0..count {
        let mut random = Random::new(i as u64);
        let packed = pack[i % 3](&btf);
        let packed = match i / 3 % 4 {
            0 => pack[i % 3](&mutate(&btf, BaseExtent::default(), &mut random)),
            _ => mutate(&packed, BaseExtent::default(), &mut random),
        };
        tally.take(&format!("packed-{i}"), packed, None);
    }
    tally.finish(count / 20)
}
