// Package ui is the console: a Bubble Tea program that shows a Book of calls
// and turns keys into orders.
//
// It takes events from a Feed and gives orders to a Desk; where they come from
// and go to is not its business. App owns everything that the screen shows and
// is the only one to write it: events arrive as one batch per frame with
// exactly one pull in flight, and the screen has no goroutine and no lock of
// its own. RunPlain, which has no Bubble Tea to pull for it, starts two: one
// for the feed, one for the lines typed.
//
// Decisions:
//   - The Book is the only state of calls. A selection is a call's id, never a
//     row number; the screen derives the row. Until the first key it is on who has
//     rung for the longest time, from then on only the operator moves it.
//   - actions.go is the one table of what an operator can do. Keys, the key
//     bar, the help and the README's table come from it, and each row says why
//     it cannot be done now.
//   - Every line is made exactly as wide as its place by line.go, in cells, so
//     a screen never has to be measured again. What comes from the wire is
//     cleaned there too.
//   - Only what is visible is rendered. Rows are cached by what they show, the
//     whole screen by whether anything changed; the clock repaints only while
//     something lives.
//   - What an operator asks for is never done on a key typed before the
//     question was on the screen.
//   - What ends or changes somebody's call is held back for a moment (held.go)
//     and can be taken back; an answer never waits. A question lists the calls
//     that it is about and closes when they have ended.
//   - Text fields are bubbles' textinput and long texts its viewport, bindings
//     its key. Their drawing is ours: a textinput measures in runes and a
//     viewport pads and wraps what is exact already. The list is not its table,
//     which renders every row and forgets the selection when rows change.
//   - A dialog is one of a few kinds: chooser (a letter each), finder (search by
//     typing), prompt (one line), sheet (fields). What is typed in full is one
//     table too (typed.go), for the palette and for lines without a screen.
//   - The numbered screens are six values of one small interface (screens.go).
//     A key belongs to the screen that shows what it acts on; a search is typed
//     on the screen itself (search.go).
//   - The ladder, the events pane and what w writes are one list of steps
//     (trail.go): RELAY from events, SIP from the exchange, sound from what a
//     connect says. It is put in the order of time when it is drawn.
//   - Two ladders and the messages of two steps are compared by one alignment
//     (ladder_compare.go). A marked step is kept with its message, so it can be
//     compared with one of another call; it comes before a marked call.
//   - The mouse knows no coordinates. What is drawn carries marks that say what
//     it is (spots.go); a click looks up what stands at its cell and does what a
//     key does, through the same table and gates. The marks take no room and are
//     taken out before the terminal gets the screen.
//   - Each view setting is a row of one table (settings_rows.go). What is chosen
//     is kept with what it replaced, so a flag or a change of the configuration
//     comes before it.
//   - A pane of a leg shows a summary of what fits until somebody scrolls it.
//   - Levels are asked for only while their meters are on the screen, four times a
//     second (levels.go); it is drawn again only where a bar changes.
//   - A monitor is a phone of the operator's that the exchange calls, as a terminal
//     has no sound. It stands on the panes of both legs it hears, never on a row.
//   - The first start asks what the console is for on a card that takes few
//     keys and lets the others through: nobody has to answer to work (welcome.go).
//   - What is kept of a call outlives it: its ladder (ladders.go) and the notes on
//     it (notes.go) are filed as it ends and read when they are asked for. What w
//     writes to hand on is masked (mask.go).
//   - The log holds words; RELAY frames are asked for only while something
//     shows them, and come without their secrets.
//   - The history is a journal.Book of this run and of those before. It is read
//     once, off the loop, and appended to as things happen.
//   - The plain console is the same App with nobody drawing it: it says what
//     each event changed, and its commands go through the same table.
package ui
