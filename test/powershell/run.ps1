# Runs every test here. Exit code: how many failed.
Set-StrictMode -Version Latest
Import-Module Pester -MinimumVersion 6.0.0
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.Exit = $true
$configuration.Output.Verbosity = 'Normal'
Invoke-Pester -Configuration $configuration
