// A library that only links another one, to give it a second name.
