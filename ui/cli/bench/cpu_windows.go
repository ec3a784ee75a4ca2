package bench

import (
	"syscall"
	"time"
)

// processor is the time that this process has computed.
func processor() (time.Duration, error) {
	var began, ended, kernel, user syscall.Filetime
	self, err := syscall.GetCurrentProcess()
	if err == nil {
		err = syscall.GetProcessTimes(self, &began, &ended, &kernel, &user)
	}
	return ticks(kernel) + ticks(user), err
}

// ticks reads a length of time in units of 100 ns.
func ticks(f syscall.Filetime) time.Duration {
	return time.Duration(int64(f.HighDateTime)<<32+int64(f.LowDateTime)) * 100
}
