// Package telemetry is what the process tells about itself: its log, its metrics and whether it is alive and ready.
package telemetry
