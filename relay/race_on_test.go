//go:build race

package relay

// raceDetector makes the long tests shorter: it costs a factor of ten.
const raceDetector = true
