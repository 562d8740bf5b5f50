// Package except keeps findings that people have said are no concern from becoming alerts: exceptions. One hangs on a customer and on
// the id of a rule, or on every rule of the customer, and says with a filter of the search language which events it is about, why,
// and until when. What is in force stands in a [Book], which is asked for every finding and read anew when something changed.
package except
