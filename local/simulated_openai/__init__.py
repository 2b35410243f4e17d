"""A simulated OpenAI: the endpoints this product uses, faithful enough for the official client, with a small brain.

For newcomers without a key (`python -m local.simulated_openai`) and for tests, which script it over `/_control`
(see `control_routes`). What it does not simulate: streaming, stored responses, function calls made by the model,
real token counts (it counts four characters as one token) and, of course, a language model.
"""
