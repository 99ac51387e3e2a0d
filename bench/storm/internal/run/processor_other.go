//go:build !unix

package run

import "time"

func processorTime() (time.Duration, bool) { return 0, false }
