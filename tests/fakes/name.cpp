// A library that is nothing but a name for the one it links.
