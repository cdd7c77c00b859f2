//! Holds the place of the file that bindings-check writes into its copy.
