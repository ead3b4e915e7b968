package main

import (
	"bytes"
	"log/slog"
	"strings"
)

var logged bytes.Buffer

// captureLogs keeps what Helm logs, in the format of its own program (no times).
func captureLogs() {
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{
		Level: slog.LevelInfo,
		ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
			if attribute.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attribute
		},
	})))
}

// takeLogs returns the lines since it was last asked.
func takeLogs() []string {
	text := strings.TrimSpace(logged.String())
	logged.Reset()
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
