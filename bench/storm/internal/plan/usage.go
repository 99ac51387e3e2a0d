package plan

import (
	"fmt"
	"time"
)

// UsageError is an option that cannot be. Its text names the flag, and no secret.
type UsageError string

func (e UsageError) Error() string { return string(e) }

func usagef(format string, args ...any) error { return UsageError(fmt.Sprintf(format, args...)) }

// longest bounds durations, and the due times of a slow rate, so that a sum of some
// is within a time.Duration.
const longest = 365 * 24 * time.Hour
