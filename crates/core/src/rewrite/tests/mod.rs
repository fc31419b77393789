mod arithmetic;
mod bytes;
mod clean_up;
mod concat;
mod sums;
