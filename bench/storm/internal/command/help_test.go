package command

import (
	"strings"
	"testing"
)

func TestHelpFitsTwoScreens(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(Help(), "\n"), "\n")
	if len(lines) > 100 {
		t.Errorf("%d lines are more than two screens", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("wider than 80 columns: %s", line)
		}
	}
}

func TestTopics(t *testing.T) {
	for _, topic := range topics {
		if !strings.Contains(topicList, topic.name) {
			t.Errorf("%s is not in the list", topic.name)
		}
		for _, line := range strings.Split(topic.text, "\n") {
			if len(line) > 80 {
				t.Errorf("%s: wider than 80 columns: %s", topic.name, line)
			}
		}
	}
	if n := len(strings.Split(topicList, ", ")); n != len(topics) {
		t.Errorf("%d topics, %d in the list", len(topics), n)
	}
}
