// Package parse turns one raw log record into one flat ECS event.
package parse
