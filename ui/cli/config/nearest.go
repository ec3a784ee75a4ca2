package config

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest is the word among those given that was most likely meant, empty when
// none is near: at most two letters away, or three in a long word.
func Nearest(word string, among []string) string {
	best, least := "", 3
	if len(word) > 8 {
		least = 4
	}
	word = strings.ToLower(word)
	for _, known := range among {
		d := distance(word, strings.ToLower(known))
		if d < least && d < max(len(known), 2) {
			best, least = known, d
		}
	}
	return best
}

// distance is how many letters must be put in, left out, changed or swapped
// with the next (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before, last []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last, row = last, row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := last[j-1]
			if x[i-1] != y[j-1] {
				change++
			}
			row[j] = min(last[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(y)]
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
