// Package imported turns the verdicts of devices into findings: the signatures of Suricata, the detections of Windows Defender, and what
// devices that speak CEF, LEEF or ECS call an alert. They go through states, exceptions and grouping as findings of our own rules do.
//
// Everything a verdict says was written by whoever could send to the source: names are bounded and cleaned of what does not print, and a rule's
// id is only ever a text that is compared. Thousands of signatures on one host are as many alerts, one each an hour at most as the
// alerts group by rule, host and address; what is below the floor raises nothing.
package imported
