package people

import "time"

// Goodbye lets Close wait longer for the registrations to be taken back.
func Goodbye(d time.Duration) { goodbye = d }
