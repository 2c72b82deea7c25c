// The page needs no script.
