// Chart draws the charts of the README from a record of bench/peers.
//
// Usage:
//
//	chart RECORD DIR
//
// It writes to DIR, which it makes if need be, each for a light and a dark page
// (-light.svg, -dark.svg):
//
//	handshake    time of a handshake in memory, by implementation and shape,
//	             without what the fake connection costs (/impl=fake)
//	memory       memory that an idle connection holds, by implementation
//	allocations  allocations of a handshake in memory
//
// All values are medians of a benchmark's runs. A module of its own keeps the
// plotting library out of the library's go.mod.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() { os.Exit(run(os.Stderr, os.Args[1:])) }

func run(stderr io.Writer, args []string) (exit int) {
	if len(args) != 2 {
		fmt.Fprintln(stderr, "usage: chart RECORD DIR")
		return 2
	}
	if err := drawAll(args[0], args[1]); err != nil {
		fmt.Fprintln(stderr, "chart:", err)
		return 1
	}
	return 0
}

// drawAll writes nothing unless all charts can be drawn.
func drawAll(file, dir string) error {
	rec, err := read(file)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, c := range charts {
		t, err := c.table(rec)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, theme := range []theme{light, dark} {
			svg, err := t.plot(theme)
			if err != nil {
				return err
			}
			files[c.file+"-"+theme.name+".svg"] = svg
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for name, svg := range files {
		if err := os.WriteFile(filepath.Join(dir, name), svg, 0o666); err != nil {
			return err
		}
	}
	return nil
}
