"""The simulated model's wits: it reads our own prompt and answers from what stands in it, in Spanish or English.

`reading` takes the prompt apart, `hearing` says what each clause of the customer is about, `matching` finds products
and facts, `replies` says something for each clause, `answering` puts it together. Rules and word lists, no model.
"""
