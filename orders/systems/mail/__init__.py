"""E-mail: customers are told what they want to hear of their orders, by whichever mail server there is."""
