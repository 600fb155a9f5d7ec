"""The laboratory job: raw results of one study to LB, as a transport file with its define.xml."""
