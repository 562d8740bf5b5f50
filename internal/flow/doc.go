// Package flow conducts the moving side: it takes batches off the queue, has them understood, judged and kept, in order.
package flow
