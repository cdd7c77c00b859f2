//! Computes the canonical ABI of the component model (CanonicalABI.md): the layout of values in linear memory, and the
//! core WebAssembly values that a function takes for a value.

use crate::lower::Dim;
use crate::plan::{BaseType, Node, NodeField, NodeKind, Plan, ValueType};

/// The maximum number of core WebAssembly values that a function takes. If its parameters need more, they are passed in
/// memory.
const MAX_FLAT: usize = 16;

/// The size and alignment of a value in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub size: u64,
    pub align: u64,
}

impl Layout {
    /// The layout of a list or a string: a pointer and a length.
    pub const LIST: Layout = Layout::new(8, 4);

    const fn new(size: u64, align: u64) -> Layout {
        Layout { size, align }
    }

    const fn of_number(bytes: u64) -> Layout {
        Layout::new(bytes, bytes)
    }
}

/// A type of core WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flat {
    I32,
    I64,
    F32,
    F64,
}

impl Flat {
    pub fn name(self) -> &'static str {
        match self {
            Flat::I32 => "i32",
            Flat::I64 => "i64",
            Flat::F32 => "f32",
            Flat::F64 => "f64",
        }
    }

    /// Returns the core type in which a variant passes a payload that may have either of two core types.
    fn join(self, other: Flat) -> Flat {
        match (self, other) {
            (a, b) if a == b => a,
            (Flat::I32, Flat::F32) | (Flat::F32, Flat::I32) => Flat::I32,
            _ => Flat::I64,
        }
    }
}

/// The layouts of a plan's nodes in the canonical ABI, and the core values that functions take for them.
pub(super) struct Abi<'p> {
    plan: &'p Plan,
    nodes: Vec<Option<Layout>>,
    /// For each node, the types of the core values that a function takes for a value of the node. `None` if there are
    /// more than `MAX_FLAT`, so that the value is passed in memory.
    flats: Vec<Option<Vec<Flat>>>,
}

impl<'p> Abi<'p> {
    pub fn new(plan: &'p Plan) -> Abi<'p> {
        let mut abi = Abi {
            plan,
            nodes: vec![None; plan.nodes.len()],
            flats: vec![None; plan.nodes.len()],
        };
        for index in 0..plan.nodes.len() as u32 {
            abi.prepare(index);
        }
        abi
    }

    /// Computes the layout and the core values of a node, after those of the nodes inside it. The recursion is
    /// bounded, since `btf` lets types nest at most 90 deep by value.
    fn prepare(&mut self, index: u32) {
        let Some(node) = self.plan.node(index) else {
            return;
        };
        if self.nodes.get(index as usize).is_none_or(Option::is_some) {
            return;
        }
        let inner = node.fields().iter().filter_map(|field| field.ty.as_ref());
        for inner in inner.filter_map(|ty| ty.base.node()) {
            self.prepare(inner);
        }
        let layout = self.of_node(node);
        let mut flat = Vec::new();
        let flat = self.flatten_node(node, &mut flat).map(|()| flat);
        if let Some(slot) = self.flats.get_mut(index as usize) {
            *slot = flat;
        }
        if let Some(slot) = self.nodes.get_mut(index as usize) {
            *slot = Some(layout);
        }
    }

    fn of_node(&self, node: &Node) -> Layout {
        match &node.kind {
            NodeKind::Record(fields) => {
                let mut layout = Layout::new(0, 1);
                for (field, at) in self.fields(fields) {
                    let own = self.of_field(field);
                    layout.align = layout.align.max(own.align);
                    layout.size = at.saturating_add(own.size);
                }
                Layout::new(align_to(layout.size, layout.align), layout.align)
            }
            NodeKind::Variant(arms) => {
                let align = self.payload_align(arms).max(discriminant(arms.len()));
                let sizes = arms.iter().map(|arm| self.of_field(arm).size);
                let size = self
                    .payload_offset(arms)
                    .saturating_add(sizes.max().unwrap_or(0));
                Layout::new(align_to(size, align), align)
            }
            NodeKind::Number(number) => self.of_base(number.value),
            NodeKind::Enum(cases) => Layout::of_number(discriminant(cases.cases.len())),
            NodeKind::Flags(cases) => Layout::of_number(match cases.cases.len() {
                0..=8 => 1,
                9..=16 => 2,
                _ => 4,
            }),
        }
    }

    fn of_field(&self, field: &NodeField) -> Layout {
        let ty = field.ty.as_ref();
        ty.map_or(Layout::new(0, 1), |ty| self.of(ty, &ty.dims))
    }

    /// Returns the layout of an array with the dimensions `dims` and elements of the type `ty.base`, or of one such
    /// element if `dims` is empty.
    pub fn of(&self, ty: &ValueType, dims: &[Dim]) -> Layout {
        let Some((dim, inner)) = dims.split_first() else {
            return self.of_base(ty.base);
        };
        if !dim.fixed || dim.length == 0 {
            return Layout::LIST;
        }
        let element = self.of(ty, inner);
        let size = element.size.saturating_mul(dim.length.into());
        Layout::new(size, element.align)
    }

    fn of_base(&self, base: BaseType) -> Layout {
        match base {
            BaseType::Bool { .. } => Layout::of_number(1),
            BaseType::Int { bytes, .. } | BaseType::Float { bytes } => {
                Layout::of_number(bytes.into())
            }
            BaseType::Wide { .. } => Layout::new(16, 8),
            BaseType::Text { .. } => Layout::LIST,
            BaseType::Node(node) => {
                let known = self.nodes.get(node as usize).copied().flatten();
                known.unwrap_or(Layout::new(0, 1))
            }
        }
    }

    /// Returns the fields of a record that have a type, each with its offset in the canonical ABI, in bytes.
    pub fn fields<'f>(
        &self,
        fields: &'f [NodeField],
    ) -> impl Iterator<Item = (&'f NodeField, u64)> {
        let mut end = 0_u64;
        let typed = fields.iter().filter(|field| field.ty.is_some());
        typed.map(move |field| {
            let layout = self.of_field(field);
            let at = align_to(end, layout.align);
            end = at.saturating_add(layout.size);
            (field, at)
        })
    }

    fn payload_align(&self, arms: &[NodeField]) -> u64 {
        let aligns = arms.iter().map(|arm| self.of_field(arm).align);
        aligns.max().unwrap_or(1)
    }

    /// Returns the offset of the payload in a variant, in bytes.
    pub fn payload_offset(&self, arms: &[NodeField]) -> u64 {
        align_to(discriminant(arms.len()), self.payload_align(arms))
    }

    /// Returns the types of the core values that a function takes for a value of type `ty`. Returns `None` if there
    /// are more than `MAX_FLAT`, so that the function takes an address.
    pub fn flat(&self, ty: &ValueType) -> Option<Vec<Flat>> {
        let mut flat = Vec::new();
        self.flatten(ty, &ty.dims, &mut flat)?;
        Some(flat)
    }

    /// Appends the types of the core values that a function takes for an array with the dimensions `dims` and elements
    /// of the type `ty.base`, or for one such element if `dims` is empty. Returns `None` if `flat` gets longer than
    /// `MAX_FLAT`.
    pub fn flatten(&self, ty: &ValueType, dims: &[Dim], flat: &mut Vec<Flat>) -> Option<()> {
        match dims.split_first() {
            Some((dim, inner)) if dim.fixed && dim.length > 0 => {
                for _ in 0..dim.length {
                    self.flatten(ty, inner, flat)?;
                }
            }
            Some(_) => flat.extend([Flat::I32, Flat::I32]),
            None => self.flatten_base(ty.base, flat)?,
        }
        (flat.len() <= MAX_FLAT).then_some(())
    }

    fn flatten_base(&self, base: BaseType, flat: &mut Vec<Flat>) -> Option<()> {
        match base {
            BaseType::Bool { .. } => flat.push(Flat::I32),
            BaseType::Int { bytes, .. } if bytes < 8 => flat.push(Flat::I32),
            BaseType::Int { .. } => flat.push(Flat::I64),
            BaseType::Float { bytes: 4 } => flat.push(Flat::F32),
            BaseType::Float { .. } => flat.push(Flat::F64),
            BaseType::Wide { .. } => flat.extend([Flat::I64, Flat::I64]),
            BaseType::Text { .. } => flat.extend([Flat::I32, Flat::I32]),
            BaseType::Node(node) => flat.extend(self.flats.get(node as usize)?.as_ref()?),
        }
        Some(())
    }

    fn flatten_node(&self, node: &Node, flat: &mut Vec<Flat>) -> Option<()> {
        match &node.kind {
            NodeKind::Record(fields) => {
                for ty in fields.iter().filter_map(|field| field.ty.as_ref()) {
                    self.flatten(ty, &ty.dims, flat)?;
                }
            }
            NodeKind::Variant(arms) => {
                flat.push(Flat::I32);
                flat.extend(self.payload(arms)?);
                return (flat.len() <= MAX_FLAT).then_some(());
            }
            NodeKind::Enum(_) | NodeKind::Flags(_) => flat.push(Flat::I32),
            NodeKind::Number(number) => self.flatten_base(number.value, flat)?,
        }
        Some(())
    }

    /// Returns the types of the core values that a function takes for the payload of a variant, whichever arm the
    /// value has. Returns `None` if an arm needs more than `MAX_FLAT`.
    pub fn payload(&self, arms: &[NodeField]) -> Option<Vec<Flat>> {
        let mut joined: Vec<Flat> = Vec::new();
        for ty in arms.iter().filter_map(|arm| arm.ty.as_ref()) {
            for (at, flat) in self.flat(ty)?.into_iter().enumerate() {
                match joined.get_mut(at) {
                    Some(other) => *other = other.join(flat),
                    None => joined.push(flat),
                }
            }
        }
        Some(joined)
    }
}

/// Returns the size in bytes of the number that says which case a variant or an enum has.
pub(super) fn discriminant(cases: usize) -> u64 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

pub(super) fn align_to(size: u64, align: u64) -> u64 {
    size.checked_next_multiple_of(align).unwrap_or(u64::MAX)
}
