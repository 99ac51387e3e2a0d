package parsetest

import (
	"fmt"
	"path/filepath"
	"runtime"
)

// At names a row of a table together with the line it stands on, so that a
// failed subtest points at its row.
func At(name string) string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d %s", filepath.Base(file), line, name)
}
