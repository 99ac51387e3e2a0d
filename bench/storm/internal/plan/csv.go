package plan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// A table is what --csv-data has: a head, and rows for the connections in turn.
type table struct {
	head []string
	rows [][]string
}

// maxTable bounds it, in octets.
const maxTable = 256 << 20

func readTable(name string) (*table, error) {
	b, err := readFile(name, maxTable)
	if err != nil {
		return nil, usagef("--csv-data: %v", err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	rows, err := r.ReadAll()
	switch {
	case err != nil:
		return nil, usagef("--csv-data: %s: %v", name, err)
	case len(rows) < 2:
		return nil, usagef("--csv-data: %s: want a line of column names and at least one row behind it", name)
	}
	t := &table{head: rows[0], rows: rows[1:]}
	for i, column := range t.head {
		t.head[i] = strings.TrimSpace(column)
		switch {
		case t.head[i] == "" || !utf8.ValidString(t.head[i]) || strings.ContainsAny(t.head[i], "{}\r\n"):
			return nil, usagef("--csv-data: %s: column %d has no name that {{csv.COLUMN}} could hold", name, i+1)
		case slices.Contains(t.head[:i], t.head[i]):
			return nil, usagef("--csv-data: %s: two columns are named %s", name, t.head[i])
		}
	}
	return t, nil
}

func (t *table) cell(k, column int) string { return t.rows[k%len(t.rows)][column] }

// readFile reads a file of limit octets at most.
func readFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if int64(len(b)) > limit {
		return nil, errors.New(name + " is too long")
	}
	return b, err
}
