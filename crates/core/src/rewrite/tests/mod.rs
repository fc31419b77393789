mod arithmetic;
mod clean_up;
mod concat;
