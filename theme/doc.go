// Package theme turns a palette into styles by purpose. It knows nothing of
// calls or screens: a caller asks for "a warning on the selected row" and gets
// the escape sequences that paint it.
//
// Decisions:
//   - A palette is a dozen inks; every style is derived from it, so a new theme
//     is one literal. A test holds each pair of ink and ground to a contrast of
//     at least 4.5:1 (WCAG 2.1, 1.4.3).
//   - Nothing happens at import and nothing asks the terminal: whether its
//     background is dark and which colours it can show are parameters.
//   - A style is rendered once into the bytes before and after a text (Paint).
//     Rendering through lipgloss for each cell of a screen costs about fifty
//     times more.
//   - Text stays on the terminal's own background; only bars, selections,
//     fields and badges have a ground of their own.
//
// All values are immutable after they are made and safe for concurrent use.
package theme
