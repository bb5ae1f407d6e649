# path, private -> made. Those above it are made too, and are as their own directory has them.
$global:about = $p.path
$attributes = Get-Attribute $p.path
if ($null -ne $attributes) {
    if (($attributes -band 0x10) -eq 0) {
        Stop-With 'no-directory'
    }
    return @{ made = $false }
}
$null = [System.IO.Directory]::CreateDirectory($p.path)
if ($p.private) {
    $own = [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    $security = New-Object System.Security.AccessControl.DirectorySecurity
    $security.SetSecurityDescriptorSddlForm("D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;$own)", 'Access')
    [System.IO.Directory]::SetAccessControl($p.path, $security)
}
return @{ made = $true }
