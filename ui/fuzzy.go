package ui

import "strings"

// score says how well a text fits what was typed: each word of it must occur,
// its letters in order; 0 is not at all. Words found whole and at the beginning
// of a word count most.
func score(typed, text string) int {
	total := 1
	text = strings.ToLower(text)
	for _, w := range strings.Fields(strings.ToLower(typed)) {
		n := scoreWord(w, text)
		if n == 0 {
			return 0
		}
		total += n
	}
	return total
}

func scoreWord(w, text string) int {
	if i := strings.Index(text, w); i >= 0 {
		switch {
		case i == 0:
			return 100
		case !wordRune(rune(text[i-1])):
			return 80
		}
		return 50
	}
	return spread(w, text)
}

// spread scores letters that stand apart: the closer together, the better.
func spread(w, text string) int {
	first, last, at := -1, 0, 0
	for _, r := range w {
		i := strings.IndexRune(text[at:], r)
		if i < 0 {
			return 0
		}
		if first < 0 {
			first = at + i
		}
		last = at + i
		at = last + len(string(r))
	}
	if span := last - first; span <= 3*len(w)+4 { // further apart they only happen to be there
		return max(1, 40-span)
	}
	return 0
}
