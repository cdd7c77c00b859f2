use libbpf_rs::MapType;

use super::{EXIST, MemoryMap, NO_EXIST};
use crate::bpf::Declared;
use crate::error::{E2BIG, EINVAL, ENOMEM, ENOSPC, Outcome};

fn map(kind: MapType, key_size: u32, value_size: u32, max_entries: u32) -> Outcome<MemoryMap> {
    let declared = Declared {
        kind,
        key_size,
        value_size,
        max_entries,
    };
    MemoryMap::new("m", declared)
}

fn code<T>(outcome: Outcome<T>) -> Option<u32> {
    outcome.err().map(|refusal| refusal.code)
}

/// Returns a key of an LPM trie with one byte.
fn prefix(bits: u8, byte: u8) -> [u8; 5] {
    let [a, b, c, d] = u32::from(bits).to_ne_bytes();
    [a, b, c, d, byte]
}

#[test]
fn a_trie_compares_only_the_bits_of_prefixes() -> Outcome<()> {
    let mut trie = map(MapType::LpmTrie, 5, 1, 3)?;
    trie.update(&prefix(0, 0xff), &[0], 0)?;
    trie.update(&prefix(4, 0xab), &[1], 0)?;
    trie.update(&prefix(4, 0xac), &[2], 0)?;
    trie.update(&prefix(8, 0xaf), &[3], 0)?;
    assert_eq!(code(trie.update(&prefix(5, 0), &[4], 0)), Some(ENOSPC));
    assert_eq!(code(trie.update(&prefix(9, 0), &[4], 0)), Some(EINVAL));
    assert_eq!(trie.lookup(&prefix(8, 0xa0))?, Some(vec![2]));
    assert_eq!(trie.lookup(&prefix(8, 0xb0))?, Some(vec![0]));
    assert_eq!(trie.lookup(&prefix(9, 0xa0))?, None);
    // Longer prefixes come first. The bytes of a key are those of the last update.
    let entries = trie.entries(None, 9)?;
    let keys = [prefix(8, 0xaf), prefix(4, 0xac), prefix(0, 0xff)];
    assert_eq!(
        (entries.keys, entries.values),
        (keys.concat(), vec![3, 2, 0])
    );
    assert_eq!(trie.entries(Some(&prefix(4, 0xac)), 9)?.values, [0]);
    assert!(trie.delete(&prefix(4, 0xa1))? && !trie.delete(&prefix(4, 0xac))?);
    Ok(())
}

#[test]
fn nothing_follows_a_key_that_the_map_does_not_have() -> Outcome<()> {
    let mut hash = map(MapType::Hash, 1, 1, 3)?;
    for key in 0..3 {
        hash.update(&[key], &[key], 0)?;
    }
    assert_eq!(hash.entries(Some(&[0]), 1)?.keys, [1]);
    hash.delete(&[0])?;
    assert!(hash.entries(Some(&[0]), 1)?.keys.is_empty());
    let array = map(MapType::Array, 4, 1, 3)?;
    let after = |index: u32| array.entries(Some(&index.to_ne_bytes()), 9);
    assert_eq!(after(1)?.values, [0]);
    assert!(after(2)?.keys.is_empty() && after(u32::MAX)?.keys.is_empty());
    Ok(())
}

#[test]
fn flags_are_those_of_the_kernel() -> Outcome<()> {
    let mut queue = map(MapType::Queue, 0, 1, 1)?;
    assert_eq!(code(queue.update(&[], &[1], NO_EXIST)), Some(EINVAL));
    queue.update(&[], &[1], 0)?;
    assert_eq!(code(queue.update(&[], &[2], 0)), Some(E2BIG));
    queue.update(&[], &[2], EXIST)?;
    assert_eq!(queue.lookup_and_delete(&[])?, Some(vec![2]));
    let mut hash = map(MapType::Hash, 1, 1, 1)?;
    assert_eq!(code(hash.update(&[0], &[0], 3)), Some(EINVAL));
    Ok(())
}

#[test]
fn a_bloom_filter_is_never_full() -> Outcome<()> {
    let mut filter = map(MapType::BloomFilter, 0, 1, 1)?;
    for value in 0..9 {
        filter.update(&[], &[value], 0)?;
    }
    assert!(filter.lookup(&[8])?.is_some() && filter.lookup(&[9])?.is_none());
    assert!(filter.lookup_and_delete(&[8]).is_err() && filter.delete(&[]).is_err());
    Ok(())
}

#[test]
fn memory_is_limited() -> Outcome<()> {
    let value = vec![0; 64 << 20];
    for kind in [MapType::Hash, MapType::Array, MapType::Queue] {
        let mut map = map(kind, 4, value.len() as u32, u32::MAX)?;
        let mut set = |key: u32| map.update(&key.to_ne_bytes(), &value, 0);
        for key in 0..3 {
            set(key)?;
        }
        assert_eq!(code(set(3)), Some(ENOMEM), "{kind:?}");
    }
    let array = map(MapType::Array, 4, 8, u32::MAX)?;
    assert_eq!(code(array.entries(None, u32::MAX)), Some(ENOMEM));
    assert_eq!(code(map(MapType::Array, 4, u32::MAX, 1)), Some(E2BIG));
    Ok(())
}
