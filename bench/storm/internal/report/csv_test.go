package report

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"testing"
)

func TestCSV(t *testing.T) { golden(t, ".csv", (*Report).CSV) }

// Every row has every column, and the rows add up to the run.
func TestCSVAddsUp(t *testing.T) {
	var b bytes.Buffer
	if err := everything.CSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 1+len(everything.Series.Rows) || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var opened, want int64
	for i, row := range rows[1:] {
		n, err := strconv.ParseInt(row[3], 10, 64)
		if err != nil || rows[0][3] != "opened" {
			t.Fatal(rows[0][3], err)
		}
		opened += n
		want += everything.Series.Rows[i].Counts.Opened
	}
	if opened != want || want == 0 {
		t.Errorf("%d opened, want %d", opened, want)
	}
}
