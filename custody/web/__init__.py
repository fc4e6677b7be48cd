"""The office over the network: what answers stations, and what asks at a station (docs/spec/24-network.md)."""
