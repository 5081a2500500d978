"""What a channel is: contract, fitting, kit, registry, carrier and the channel row."""
