// Package record holds one raw log record on its way from a listener through the queue to the parser.
package record
