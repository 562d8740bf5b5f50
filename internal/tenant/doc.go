// Package tenant identifies a customer and says which customers a caller may see.
package tenant
