package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Book is entries in the order in which they began to be written, one for each
// ID, never more than its limit: the oldest leave first. It is not safe for
// concurrent use.
type Book struct {
	limit int
	list  []Entry
	at    map[string]int // by ID, counted from the first entry ever put
	gone  int            // how many have left
}

// NewBook returns an empty Book for at most limit entries.
func NewBook(limit int) *Book { return &Book{limit: max(1, limit), at: make(map[string]int)} }

// Put adds an entry or replaces that of the same ID.
func (b *Book) Put(e Entry) {
	if i, known := b.at[e.ID]; known {
		b.list[i-b.gone] = e
		return
	}
	b.at[e.ID] = b.gone + len(b.list)
	b.list = append(b.list, e)
	if len(b.list) > b.limit {
		delete(b.at, b.list[0].ID)
		b.list = b.list[1:]
		b.gone++
	}
}

// Entries are the entries, oldest first. They must not be changed.
func (b *Book) Entries() []Entry { return b.list }

// Entry returns the entry of an ID.
func (b *Book) Entry(id string) (Entry, bool) {
	if i, known := b.at[id]; known {
		return b.list[i-b.gone], true
	}
	return Entry{}, false
}

// Read puts all lines of r into the book; empty lines do not count. It returns how many lines there
// were and how many of them were damaged and left out; the error is that of r.
func (b *Book) Read(r io.Reader) (lines, damaged int, err error) {
	in := bufio.NewReaderSize(r, LongestLine)
	for {
		line, err := in.ReadSlice('\n')
		if len(line) > 1 || err != nil && len(line) > 0 { // an empty line separates
			lines++
			e, bad := Decode(line)
			if bad != nil || err != nil { // a line without its end was cut off
				damaged++
			} else {
				b.Put(e)
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return lines, damaged, nil
		case errors.Is(err, bufio.ErrBufferFull):
			if err := skip(in); errors.Is(err, io.EOF) {
				return lines, damaged, nil
			} else if err != nil {
				return lines, damaged, fmt.Errorf("journal: %w", err)
			}
		default:
			return lines, damaged, fmt.Errorf("journal: %w", err)
		}
	}
}

// skip reads on to the end of a line that is too long.
func skip(in *bufio.Reader) error {
	for {
		if _, err := in.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}
