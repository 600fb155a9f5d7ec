"""What a site is asked about surprising data, in plain words; codes without a question are the study team's to mend."""

from __future__ import annotations

QUESTIONS: dict[str, str] = {
    "DATA010": "This date or time cannot be read. Please give it as year, month, day (and hour, minute), "
    "or say which part is not known.",
    "DATA011": "The calendar has no such day, or the day no such time. Which date or time is right?",
    "DATA012": "There is a time, but its date is missing or not complete. What is the date?",
    "DATA013": "The end lies before the start. Which dates are right?",
    "DATA014": "The birth lies after the date at which the age is counted. Which dates are right?",
    "DATA020": "A number is expected here. What is the number, or why is there none?",
    "DATA030": "This answer is not known to us. What does it mean?",
    "DATA031": "This unit is not known to us for this test. Is it right, and which unit was the result reported in?",
    "DATA033": "This code is not known to us. What does it mean?",
    "DATA034": "This limit of the reference range is no number. What is the laboratory's range?",
    "DATA035": "The schedule has no such visit. Which visit was it, or was it unscheduled?",
    "DATA036": "There should be one matching row (such as a reference range or a coded term), and there is none. "
    "Please send it, or correct this value.",
    "DATA037": "Two columns that should say the same (such as a code and its decode) contradict each other. "
    "Which is right?",
    "DATA040": "This subject has no demographics record. Is the number right? If it is, please send the record.",
    "DATA041": "The row does not say which subject it belongs to. Which one is it?",
    "DATA042": "The row does not say what was measured, given or what happened. Please complete it.",
    "DATA051": "Several rows look like repeats of one another. Which one counts?",
    "DATA052": "This period starts before the one before it has ended. Which dates are right?",
    "DATA053": "The row is there twice. Did it happen twice, or was it entered twice?",
    "DATA054": "Another source holds the same fact and says something else of it. Which of the two is right?",
    "DATA060": "There are several rows where one a subject is expected. Which one counts?",
    "DATA061": "Several rows match (such as reference ranges or coded terms) where one is expected. Which one counts?",
    "DATA072": "The number is too large to be right. What is the right value?",
    "DATA073": "This text held something that identifies a person, and we have not read it. Please send it without "
    "names, numbers or addresses of persons.",
}
